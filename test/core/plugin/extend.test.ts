import { expect, expectTypeOf, test } from 'vitest';
import type { Contracts } from 'devservices';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { Plugin, PluginContext } from '../../../core/plugin/plugin.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { codesOf, thrownBy } from '../../rig/kernel.ts';

declare module 'devservices' {
  interface Contracts {
    'test-names': { readonly id: number; readonly names: string[] };
  }
}

type Names = Contracts['test-names'];
type Setup = (ctx: PluginContext<undefined>) => void;
const plugin = (name: string, setup: Setup, more: { after?: string[] } = {}) =>
  definePlugin({ name, ...more, setup }) as Plugin;
const says = (name: string) =>
  plugin(name, ({ extend }) => extend('test-names', ({ names }) => void names.push(name)));

/** The plugin that is extended; counts how often it was made. */
function createRegister(fail: (id: number) => void = () => {}) {
  const made: Names[] = [];
  const register = plugin('register', ({ expose }) =>
    expose('test-names', async () => {
      const contract: Names = { id: made.length + 1, names: [] };
      made.push(contract);
      fail(contract.id);
      return contract;
    }),
  );
  return { register, made };
}

async function open(...plugins: Plugin[]) {
  const opened = createTestHost({ config: { plugins } });
  await opened.host.configure();
  return opened;
}

test('extensions run when the contract is made, in the order of the plugins, before anybody gets it', async () => {
  const { register, made } = createRegister();
  const slow = plugin('slow', ({ extend }) => {
    extend('test-names', async ({ names }) => {
      await new Promise(setImmediate);
      names.push('slow');
    });
    extend('test-names', ({ names }) => void names.push('slow again'));
  });
  const first = definePlugin({ ...says('first').spec, before: ['slow'] }) as Plugin;
  await using opened = await open(slow, says('last'), register, first);
  const asked = ['1', '2', '3'].map(async () => [...(await opened.host.use('test-names')).names]);
  const all = ['first', 'slow', 'slow again', 'last'];
  expect(await Promise.all(asked)).toEqual([all, all, all]);
  expect(made).toHaveLength(1);
});

test('who asks from inside of another contract gets it extended too', async () => {
  const { register } = createRegister();
  const reader = plugin('reader', ({ expose, use }) =>
    expose('authorizer', async () => {
      const { names } = await use('test-names');
      return { allows: async (user) => names.includes(user) };
    }),
  );
  await using opened = await open(reader, says('ann'), register);
  const authorizer = await opened.host.use('authorizer');
  expect(await authorizer.allows('ann', 'x')).toBe(true);
  expect(await authorizer.allows('bob', 'x')).toBe(false);
});

test('nothing is made and nobody extends where nobody asks', async () => {
  const { register, made } = createRegister();
  let calls = 0;
  const counting = plugin('counting', ({ extend }) => extend('test-names', () => void calls++));
  await using opened = await open(register, counting);
  await opened.up();
  expect([made, calls]).toEqual([[], 0]);
});

test('where nobody exposes it the extension is left out, and asking is an error as ever', async () => {
  await using opened = await open(says('alone'));
  await opened.up();
  expect(await codesOf(opened.host.use('test-names'))).toEqual(['DS_CONTRACT_MISSING']);
});

test('an extension that throws is blamed on its plugin; the next attempt makes and extends anew', async () => {
  const { register, made } = createRegister();
  let isBroken = true;
  const flaky = plugin('flaky', ({ extend }) =>
    extend('test-names', ({ names }) => {
      if (isBroken) throw new Error('not yet');
      names.push('flaky');
    }),
  );
  await using opened = await open(register, says('early'), flaky, says('late'));
  const [one, two] = [opened.host.use('test-names'), opened.host.use('test-names')];
  const error = await thrownBy(one);
  expect(error).toMatchObject({ code: 'DS_PLUGIN_THREW', facts: { plugin: 'flaky' } });
  expect(error.message).toContain('flaky failed in its extension of the contract "test-names"');
  expect(await thrownBy(two)).toBe(error);
  isBroken = false;
  const { id, names } = await opened.host.use('test-names');
  expect({ id, names, made: made.length }).toEqual({
    id: 2,
    names: ['early', 'flaky', 'late'],
    made: 2,
  });
});

test('a make that failed is tried again and extends again', async () => {
  const { register, made } = createRegister((id) => {
    if (id === 1) throw new Error('the disk is away');
  });
  await using opened = await open(register, says('ann'));
  expect(await thrownBy(opened.host.use('test-names'))).toMatchObject({
    code: 'DS_PLUGIN_THREW',
    facts: { plugin: 'register', where: 'the contract "test-names"' },
  });
  expect(made[0]?.names).toEqual([]);
  expect((await opened.host.use('test-names')).names).toEqual(['ann']);
});

test('a plugin whose setup fails extends nothing', async () => {
  const { register } = createRegister();
  const bad = plugin('bad', ({ extend }) => {
    extend('test-names', ({ names }) => void names.push('bad'));
    throw new Error('kaput');
  });
  await using opened = createTestHost({ config: { plugins: [register, says('good'), bad] } });
  expect(await codesOf(opened.host.configure())).toEqual(['DS_PLUGIN_THREW']);
  // What needs no configuration goes on without that plugin.
  await opened.host.plugins();
  expect((await opened.host.use('test-names')).names).toEqual(['good']);
});

test('an extension that comes after somebody was given the contract is refused, not lost', async () => {
  const { register } = createRegister();
  const late = plugin('late', ({ extend, hooks }) =>
    hooks.initialize.tap('late', () => extend('test-names', () => {})),
  );
  await using inTime = await open(register, late);
  expect(await codesOf(inTime.host.initialize('up'))).toEqual([]);
  await using opened = await open(register, late);
  await opened.host.use('test-names');
  const error = await thrownBy(opened.host.initialize('up'));
  expect(error).toMatchObject({
    code: 'DS_CONTRACT_MADE',
    facts: { token: 'test-names', plugin: 'late' },
  });
});

test('what is extended and the authorizer have their types', () => {
  expectTypeOf<Contracts['authorizer']['allows']>().toEqualTypeOf<
    (user: string, permission: string) => Promise<boolean>
  >();
  plugin('wrong', ({ expose, extend }) => {
    extend('test-names', (contract) => {
      expectTypeOf(contract).toEqualTypeOf<Names>();
    });
    // @ts-expect-error -- it says yes or no, later
    expose('authorizer', () => ({ allows: () => true }));
    // @ts-expect-error -- nobody declares such a contract
    extend('test-nothing', () => {});
  });
});
