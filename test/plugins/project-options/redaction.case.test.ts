import { expect, test } from 'vitest';
import { z } from '../../../core/index.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { permissions } from '../../../plugins/permissions/index.ts';
import type {
  Asker,
  DeclaredOption,
  OptionValue,
} from '../../../plugins/project-options/contract.ts';
import { eachStore } from '../../rig/database.ts';
import { openOptions } from './open-options.ts';

const by = 'os:ada';
const hidden = 'hunter2hunter2';
const declare = (['public', 'internal', 'secret'] as const).flatMap((sensitivity) => [
  { key: `${sensitivity}.stored`, schema: z.string(), default: `${hidden} default`, sensitivity },
  { key: `${sensitivity}.default`, schema: z.string(), default: `${hidden} default`, sensitivity },
  { key: `${sensitivity}.none`, schema: z.string(), sensitivity },
  { key: `${sensitivity}.misfit`, schema: z.literal(['a', 'b']), sensitivity },
]) satisfies DeclaredOption[];

/** Of each sensitivity: whether the value is seen, whether it is told that there is one, or nothing. */
type Seen = readonly [public_: What, internal: What, secret: What];
type What = 'value' | 'presence' | 'nothing';

const everything: Seen = ['value', 'value', 'value'];
const noSecrets: Seen = ['value', 'value', 'presence'];
const publicOnly: Seen = ['value', 'nothing', 'nothing'];

eachStore((createStore) => {
  const open = async (answer?: () => unknown) => {
    const guard = definePlugin({
      name: 'guard',
      setup: ({ expose }) =>
        expose('authorizer', () => ({ allows: async () => answer?.() as boolean })),
    });
    const opened = await openOptions({
      store: await createStore(),
      declare,
      plugins: answer ? [guard] : [],
    });
    await fill(opened);
    return opened;
  };

  const fill = async ({ options, plant }: Awaited<ReturnType<typeof openOptions>>) => {
    for (const sensitivity of ['public', 'internal', 'secret']) {
      await options.set({ project: 'shop', key: `${sensitivity}.stored`, value: hidden, by });
      await plant({ project: 'shop', key: `${sensitivity}.misfit`, value: JSON.stringify(hidden) });
    }
  };

  const look = async ({ options }: Awaited<ReturnType<typeof openOptions>>, asker: unknown) =>
    (await options.get({ projects: ['shop', 'blog'], asker: asker as Asker })).projects;

  /** How many values were looked at. */
  const checkSeen = (
    projects: Readonly<Record<string, Readonly<Record<string, OptionValue>>>>,
    seen: Seen,
  ): number => {
    let looked = 0;
    for (const [index, sensitivity] of ['public', 'internal', 'secret'].entries()) {
      const what = seen[index];
      const isRedacted = what !== 'value';
      for (const [key, value] of pick(projects['shop'], sensitivity)) {
        looked += 1;
        const isThere = /stored|misfit/.test(key);
        expect(value, `${key} as ${what}`).toMatchObject({
          isRedacted,
          sensitivity,
          isStored: isThere && what !== 'nothing',
        });
        if (isRedacted) expect(JSON.stringify(value)).not.toContain(hidden);
        if (what === 'value' && isThere) expect(value.stored).toBe(hidden);
        const isTold = key.endsWith('misfit') && what !== 'nothing';
        expect(value.problem === undefined, key).toBe(!isTold);
      }
      if (what === 'nothing') {
        // Whether there is a value makes no difference.
        expect(pick(projects['shop'], sensitivity)).toEqual(pick(projects['blog'], sensitivity));
      }
    }
    return looked;
  };

  test('with real permissions: only who has the right, and while it counts', async () => {
    const store = await createStore();
    await using opened = await openOptions({ store, declare, plugins: [permissions()] });
    const { test: repo } = opened;
    const register = await repo.host.use('permissions');
    expect(register.declared().map(({ name }) => name)).toContain('options.secrets');
    const add = async (username: string, superuser: boolean) =>
      register.users.add({ username, superuser, by });
    const permission = 'options.secrets';
    await add('ada', true);
    await add('bob', true);
    await add('eve', true);
    await add('joe', false);
    for (const user of ['ada', 'eve']) await register.add({ user, permission, by });
    await register.users.set({ user: 'eve', changes: { active: false }, by });
    await fill(opened);
    for (const [asker, seen] of [
      ['owner', everything],
      [{ user: 'ada' }, everything],
      [{ user: 'ADA' }, everything],
      [{ user: 'bob' }, noSecrets],
      [{ user: 'eve' }, noSecrets],
      [{ user: 'joe' }, noSecrets],
      [{ user: 'nobody' }, noSecrets],
      [{ user: "' or 1=1 --" }, noSecrets],
      ['known', noSecrets],
      ['anybody', publicOnly],
    ] as const) {
      expect(checkSeen(await look(opened, asker), seen)).toBe(declare.length);
    }
    await register.remove({ user: 'ada', permission, by });
    expect(checkSeen(await look(opened, { user: 'ada' }), noSecrets)).toBe(declare.length);
  });

  test.each<[string, (() => unknown) | undefined, Seen]>([
    ['nobody decides', undefined, noSecrets],
    ['yes', () => true, everything],
    ['no', () => false, noSecrets],
    ['something that is no yes', () => 'true', noSecrets],
  ])('the authorizer says: %s', async (_, answer, seen) => {
    await using opened = await open(answer);
    expect(checkSeen(await look(opened, 'owner'), everything)).toBe(declare.length);
    expect(checkSeen(await look(opened, 'known'), noSecrets)).toBe(declare.length);
    expect(checkSeen(await look(opened, { user: 'ada' }), seen)).toBe(declare.length);
    expect(checkSeen(await look(opened, 'anybody'), publicOnly)).toBe(declare.length);
  });

  test('who cannot be made out is nobody that is known', async () => {
    await using opened = await open(() => true);
    for (const asker of [undefined, null, 'Owner', '', {}, { user: '' }, { user: 1 }, ['owner']]) {
      expect(checkSeen(await look(opened, asker), publicOnly)).toBe(declare.length);
    }
  });

  test('an authorizer that cannot answer is no yes, and is not asked where there is no secret', async () => {
    await using opened = await open(() => {
      throw new Error('out of reach');
    });
    await expect(look(opened, { user: 'ada' })).rejects.toThrow('out of reach');
    const { projects } = await opened.options.get({
      projects: ['shop'],
      keys: ['internal.stored'],
      asker: { user: 'ada' },
    });
    expect(projects['shop']?.['internal.stored']).toMatchObject({ effective: hidden });
  });

  test('what is not to be seen does not leave the database; nothing of it is in events', async () => {
    await using opened = await open();
    const { options, reads, test: repo } = opened;
    reads();
    await options.get({ projects: ['shop'], keys: ['secret.stored'], asker: 'anybody' });
    expect(reads()).toEqual([]);
    await expect(
      options.set({ project: 'shop', key: 'secret.misfit', value: hidden, by }),
    ).rejects.toSatisfy((error: Error & { hint: string; facts: object }) => {
      const told = [error.message, error.hint, error.stack, JSON.stringify(error.facts)].join();
      return !told.includes(hidden) && error.cause === undefined;
    });
    expect(JSON.stringify(repo.events)).not.toContain(hidden);
  });
});

function pick(values: Readonly<Record<string, OptionValue>> | undefined, sensitivity: string) {
  return Object.entries(values ?? {}).filter(([key]) => key.startsWith(`${sensitivity}.`));
}
