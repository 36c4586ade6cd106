import { join } from 'node:path';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';

import type { Database, Dialect } from '../../plugins/store/contract.ts';
import { createDatabase } from '../../plugins/store/database.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { createTempFolder } from './state/temp-folder.ts';

/** An empty store of one test's own, not made yet where it is a file. */
export interface TestStore {
  readonly dialect: Dialect;
  /**
   * What `store(…)` gets in a configuration. Of libsql nothing: the file is then the checkout's own, and
   * another one in each checkout.
   */
  readonly options: { url?: string };
  /** What a driver opens: a URL, or a file in a folder that goes with the test. */
  readonly place: string;
  /** Opens it, each time as another process would; closed with the test. */
  open(): Database;
}

/**
 * Runs the same tests on libsql and on a real Postgres, which the file then has one of.
 *
 * @example
 * eachStore((createStore) => {
 *   test('a note is kept', async () => {
 *     const store = await createStore();
 *     const { change } = await store.open().open<NoteTables>(noteSchema);
 *   });
 * });
 */
export function eachStore(
  tests: (createStore: () => Promise<TestStore>, dialect: Dialect) => void,
): void {
  describe.each<Dialect>(['sqlite', 'postgres'])('on %s', (dialect) => {
    if (dialect === 'sqlite') return tests(async () => createFileStore(), dialect);
    const server = usePostgres();
    tests(async () => {
      const url = await server().createDatabase();
      const open = () => openIn(createTempFolder(), { url });
      return { dialect, options: { url }, place: url, open };
    }, dialect);
  });
}

/** One Postgres for the tests of a file, or of the `describe` that this is called in. */
export function usePostgres(): () => PostgresServer {
  let server: PostgresServer | undefined;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });
  return () => {
    if (!server) throw new Error('Postgres is there when the tests run, and not before.');
    return server;
  };
}

function createFileStore(): TestStore {
  const folder = createTempFolder();
  return {
    dialect: 'sqlite',
    options: {},
    place: join(folder, 'store.sqlite'),
    open: () => openIn(folder, {}),
  };
}

function openIn(checkoutFolder: string, options: TestStore['options']): Database {
  const inspect = () => Promise.reject(new Error('A test store is in no service.'));
  const database = createDatabase({ options, context: { checkoutFolder, inspect } });
  onTestFinished(() => database.close());
  return database;
}
