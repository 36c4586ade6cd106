import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';

import type { Dialect } from '../../plugins/store/contract.ts';
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
}

/**
 * Runs the same tests on libsql and on a real Postgres, which the file then has one of.
 *
 * @example
 * eachStore((createStore) => {
 *   test('a note is kept', async () => {
 *     const { options } = await createStore();
 *     checkout.write({ 'devservices.config.ts': configWith(options) });
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
      return { dialect, options: { url }, place: url };
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
  const name = `${randomBytes(4).toString('hex')}.sqlite`;
  return { dialect: 'sqlite', options: {}, place: join(createTempFolder(), name) };
}
