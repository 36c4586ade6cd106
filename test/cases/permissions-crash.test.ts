import { readFileSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { usePostgres } from '../rig/database.ts';
import { type PermissionWriter, startPermissionWriter } from '../rig/permission-writer.ts';
import {
  createPermissionsCheckout,
  outcomeOf,
  type PermissionsCheckout,
  replay,
  type StoredState,
} from '../rig/permissions-checkout.ts';

const kills = 50;

describe('a writer is killed at fifty moments', { timeout: 240_000 }, () => {
  test('on sqlite: nothing is half made, and what it said that it had made is there', async () => {
    const checkout = createPermissionsCheckout();
    let filled = 0;
    const inTransaction = () => holdsWriteLock(`${checkout.storeFile()}-shm`);
    const inMidst = await killFiftyTimes(checkout, {
      inTransaction,
      onKilled: () => {
        if (statSync(`${checkout.storeFile()}-wal`, { throwIfNoEntry: false })?.size) filled++;
      },
    });
    // Each of them left changes that are not in the file itself.
    expect({ filled, inMidst }).toEqual({ filled: kills, inMidst: expect.toSatisfy(isSome) });
  });

  describe('on postgres', () => {
    const server = usePostgres();

    test('nothing is half made, and what it said that it had made is there', async () => {
      const url = await server().createDatabase();
      const checkout = createPermissionsCheckout({ store: { url } });
      const inMidst = await killFiftyTimes(checkout, {
        async inTransaction() {
          const rows = await server().ask(
            `select 1 from pg_stat_activity
             where datname = '${new URL(url).pathname.slice(1)}' and xact_start is not null`,
          );
          return rows.length > 0;
        },
      });
      expect(inMidst).toSatisfy(isSome);
    });

    test('the same when it is the server that is killed', async () => {
      const url = await server().createDatabase();
      const checkout = createPermissionsCheckout({ store: { url } });
      const random = createRandom(2);
      let before = await begin(checkout);
      for (let kill = 1; kill <= 5; kill++) {
        const writer = await startPermissionWriter(checkout);
        onTestFinished(() => writer.kill());
        await writer.begin();
        await wait(random() * 100);
        await server().end('SIGKILL');
        await writer.ended;
        await server().start();
        expect(writer.said.at(-1)).toBe('failed DS_STORE_UNREACHABLE');
        before = await expectWhole(checkout, { before, said: writer.said.slice(0, -1) });
      }
      await expectSaidWhole(checkout, before);
    });
  });
});

const isSome = (count: number): boolean => count > 0;

interface Watching {
  /** Whether somebody has begun to change the store and has not ended it. */
  inTransaction(): boolean | Promise<boolean>;
  onKilled?(): void;
}

/** Gives how many died in the middle of a transaction, of those that were looked at: every second one. */
async function killFiftyTimes(
  checkout: PermissionsCheckout,
  { inTransaction, onKilled }: Watching,
): Promise<number> {
  const random = createRandom(1);
  let before = await begin(checkout);
  let inMidst = 0;
  const start = (): Promise<PermissionWriter> => {
    const starting = startPermissionWriter(checkout);
    onTestFinished(async () => (await starting).kill());
    return starting;
  };
  let next = start();
  for (let kill = 1; kill <= kills; kill++) {
    const writer = await next;
    if (kill < kills) next = start();
    await writer.begin();
    await wait(random() * 30);
    if (kill % 2 === 0) {
      await writer.freeze();
      if (await inTransaction()) inMidst++;
    }
    await writer.kill();
    onKilled?.();
    before = await expectWhole(checkout, { before, said: writer.said });
    if (kill % 10 === 0) await expectSaidWhole(checkout, before);
  }
  return inMidst;
}

async function begin(checkout: PermissionsCheckout): Promise<StoredState> {
  const made = await checkout.permissions('users', 'add', 'ada', '--superuser');
  expect(outcomeOf(made)).toBe('added');
  return checkout.state();
}

/** The log tells of what is there, and of all that the writer said; of one change more at most. */
async function expectWhole(
  checkout: PermissionsCheckout,
  { before, said }: { before: StoredState; said: readonly string[] },
): Promise<StoredState> {
  const after = await checkout.state();
  expect(replay(after.entries)).toEqual(after.held);
  const made = after.entries
    .slice(before.entries.length)
    .map(({ action, detail }) => `${action.replace('permission-', '')} ${detail}`);
  expect(made.slice(0, said.length)).toEqual(said);
  expect(made.length - said.length).toBeLessThanOrEqual(1);
  return after;
}

/** What the commands say is what is there. */
async function expectSaidWhole(
  { permissions }: PermissionsCheckout,
  { held, entries }: StoredState,
): Promise<void> {
  const log = await permissions('log', '--limit', '1000000');
  const list = await permissions('list', '--user', 'ada');
  expect([log.exitCode, list.exitCode], log.stderr + list.stderr).toEqual([0, 0]);
  const told = JSON.parse(log.stdout) as { entries: StoredState['entries'] };
  expect(replay(told.entries.toReversed())).toEqual(held);
  expect(told.entries).toHaveLength(entries.length);
  const given = JSON.parse(list.stdout) as { permissions: { name: string }[] };
  expect(given.permissions.map(({ name }) => `ada ${name}`)).toEqual(held);
}

/** Whether a process has SQLite's lock for writing, which is byte 120 of the file beside the log. */
function holdsWriteLock(file: string): boolean {
  const lock = new RegExp(`WRITE \\d+ [^ ]+:${statSync(file).ino} 120 `);
  return lock.test(readFileSync('/proc/locks', 'utf8'));
}

/** Numbers from 0 to 1, the same in each run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
