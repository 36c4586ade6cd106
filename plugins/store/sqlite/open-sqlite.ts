import { type Clock, isDevServicesError, reasonOf, systemClock } from 'devservices/machine';
import { Kysely, sql } from 'kysely';
import { statSync } from 'node:fs';
import type { Driver } from '../driver.ts';
import { storeErrors } from '../errors.ts';
import { backUp } from './back-up.ts';
import { createSqliteDialect } from './dialect.ts';
import { explainSqlite, isBusy } from './explain-sqlite.ts';
import { type ConnectionRequest, loadSqlite, type SqliteConnection } from './libsql.ts';
import { makeFile } from './make-file.ts';
import { assertFormat, findBackups, isMade } from './store-file.ts';

export interface SqlitePlace {
  file: string;
  clock?: Clock;
  /** How long a writer waits for another. Default: 10 s. */
  busyTimeoutMs?: number;
}

// A larger one takes more than a few milliseconds, at every start.
const checkedBytes = 512 * 1024;

/**
 * Opens the store's file, making it where it is not there. Reading goes by a connection that cannot write;
 * the other one is opened by the first change.
 *
 * Throws DS_STORE_FOREIGN, DS_STORE_CORRUPT, DS_STORE_NEWER, DS_STORE_READONLY, DS_STORE_FULL, DS_STORE_BUSY;
 * the file is as it was then.
 */
export async function openSqlite({
  file,
  clock = systemClock,
  busyTimeoutMs = 10_000,
}: SqlitePlace): Promise<Driver> {
  if (!isMade(file)) await makeFile({ file, busyTimeoutMs }, clock);
  const connect = await loadSqlite();
  const explain = (thrown: unknown) => explainSqlite(thrown, { file, busyTimeoutMs });
  const open = (mode: ConnectionRequest['mode'], waitMs: number): SqliteConnection => {
    try {
      return connect({ file, mode, waitMs });
    } catch (thrown) {
      throw explain(thrown) ?? thrown;
    }
  };
  const reader = open('read', busyTimeoutMs);
  try {
    assertSound(file, reader);
  } catch (thrown) {
    reader.close();
    throw explain(thrown) ?? (isDevServicesError(thrown) ? thrown : corrupt(file, thrown));
  }
  let writer: SqliteConnection | undefined;
  let isClosed = false;
  // Whoever comes after the close is refused, by one that is closed, and opens nothing anew.
  const openWriter = () => (writer ??= isClosed ? reader : open('write', 0));
  const reading = new Kysely<unknown>({
    dialect: createSqliteDialect({
      open: () => reader,
      begin: () => Promise.reject(new Error('`query` only reads; `change` begins a transaction')),
      explain: (thrown) => (isRefusedWrite(thrown) ? thrown : (explain(thrown) ?? thrown)),
    }),
  });
  const writing = new Kysely<unknown>({
    dialect: createSqliteDialect({
      open: openWriter,
      begin: (connection) => beginWriting(connection, { clock, busyTimeoutMs }),
      explain: (thrown) => explain(thrown) ?? thrown,
    }),
  });
  const change: Driver['change'] = (work) => writing.transaction().execute(work);
  return {
    dialect: 'sqlite',
    location: file,
    query: reading,
    change,
    migrate: change,
    async backUp() {
      try {
        backUp(file, { reader, nowMs: clock.now() });
      } catch (thrown) {
        throw explain(thrown) ?? thrown;
      }
    },
    isOneOf: (column, texts) =>
      sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(texts)}))`,
    explain,
    async close() {
      isClosed = true;
      if (writer) settle(writer);
      writer?.close();
      reader.close();
    },
  };
}

// libsql ends the process when it meets a text that is none: damage has to be found before it is read.
function assertSound(file: string, reader: SqliteConnection): void {
  assertFormat(file, Number(reader.pragma('user_version')));
  if (statSync(file).size > checkedBytes) return;
  const found = String(reader.pragma('integrity_check(1)'));
  if (found !== 'ok') throw corrupt(file, found);
}

function corrupt(store: string, found: unknown) {
  const reason = reasonOf(found).split('\n').at(-1) as string;
  const [backup] = findBackups(store);
  return storeErrors.create('DS_STORE_CORRUPT', { store, reason, backup }, found);
}

/**
 * `begin immediate`, tried again until the time is over: a deferred one fails where others wrote meanwhile,
 * and one that waits inside SQLite stops this whole process, Ctrl-C included.
 */
async function beginWriting(
  connection: SqliteConnection,
  { clock, busyTimeoutMs }: { clock: Clock; busyTimeoutMs: number },
): Promise<void> {
  const endMs = clock.monotonic() + busyTimeoutMs;
  for (;;) {
    try {
      connection.control('begin immediate');
      return;
    } catch (thrown) {
      if (!isBusy(thrown) || clock.monotonic() >= endMs) throw thrown;
    }
    // Of many that wait, not always the same come late.
    await clock.sleep(2 + Math.random() * 18);
  }
}

// What was written stands in the file itself then, not beside it: whoever copies that file has all of it.
function settle(writer: SqliteConnection): void {
  try {
    if (writer.isInTransaction()) writer.control('rollback');
    writer.pragma('busy_timeout = 0');
    writer.pragma('wal_checkpoint(truncate)');
  } catch {
    // Others have it open, or the disk is full: nothing is lost, and somebody else does it.
  }
}

// A statement that writes, on the connection for reading: the plugin's mistake, not the file's.
function isRefusedWrite(thrown: unknown): boolean {
  return (thrown as { code?: unknown }).code === 'SQLITE_READONLY';
}
