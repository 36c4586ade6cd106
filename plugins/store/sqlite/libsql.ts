import { reasonOf } from 'devservices/machine';
import type LibsqlDatabase from 'libsql';
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { storeErrors } from '../errors.ts';

/** One connection to one file. What it throws is SQLite's. */
export interface SqliteConnection {
  /** One statement, with its parameters. */
  run(sql: string, parameters?: readonly unknown[]): StatementResult;
  /** A prepared statement that others kept waiting stays half-done, and nothing is committed then. */
  control(statement: 'begin immediate' | 'commit' | 'rollback'): void;
  /** The one value that a pragma has. */
  pragma(name: string): unknown;
  isInTransaction(): boolean;
  /** Doing so again does nothing. */
  close(): void;
}

export interface StatementResult {
  rows: unknown[];
  changes?: number;
  lastInsertRowid?: number | bigint;
}

/**
 * How to open a file. `read` does not write to it, nor makes one; `write` makes none either; `make` takes
 * the path as it is.
 */
export interface ConnectionRequest {
  file: string;
  mode: 'read' | 'write' | 'make';
  /** How long one statement waits for others, in one piece. */
  waitMs: number;
}

/** Loads libsql. Throws DS_STORE_DRIVER_MISSING where its binary for this platform is not installed. */
export async function loadSqlite(): Promise<(request: ConnectionRequest) => SqliteConnection> {
  try {
    const { default: Libsql } = await withoutReport(() => import('libsql'));
    return (request) => connect(Libsql, request);
  } catch (error) {
    const platform = `${process.platform}-${process.arch}`;
    const reason = reasonOf(error).split('\n')[0] as string;
    throw storeErrors.create(
      'DS_STORE_DRIVER_MISSING',
      { name: 'libsql', platform, reason },
      error,
    );
  }
}

// Its loader asks twice which C library there is: first a report of this whole process, which takes longer
// than all else here, and then, in case that said nothing, a file of the library's.
async function withoutReport<T>(work: () => Promise<T>): Promise<T> {
  const { report } = process;
  const getReport = report?.getReport;
  if (!report || !getReport) return work();
  report.getReport = () => ({});
  try {
    return await work();
  } finally {
    report.getReport = getReport;
  }
}

function connect(
  Libsql: typeof LibsqlDatabase,
  { file, mode, waitMs }: ConnectionRequest,
): SqliteConnection {
  const database = new Libsql(addressOf(file, mode), { timeout: waitMs });
  const inode = inodeOf(file);
  let isOpen = true;
  const opened = () => {
    // A call on one that is closed would end the process; of one that was moved, nobody else sees the changes.
    if (isOpen && inodeOf(file) === inode) return database;
    const reason = isOpen
      ? 'it was moved, removed or replaced while it was open'
      : 'it has been closed, as this command is ending';
    throw storeErrors.create('DS_STORE_UNREACHABLE', { store: file, reason, isFile: true });
  };
  return {
    run(sql, parameters = []) {
      const statement = opened().prepare(sql);
      const bound = parameters.map(toBindable);
      if (statement.reader) return { rows: statement.all(bound) };
      const { changes, lastInsertRowid } = statement.run(bound);
      return { rows: [], changes, lastInsertRowid };
    },
    control: (statement) => void opened().exec(statement),
    pragma(name) {
      const [row] = opened().pragma(name) as Record<string, unknown>[];
      return Object.values(row ?? {})[0];
    },
    isInTransaction: () => isOpen && database.inTransaction,
    close() {
      if (isOpen) database.close();
      isOpen = false;
    },
  };
}

function inodeOf(file: string): bigint | undefined {
  return statSync(file, { throwIfNoEntry: false, bigint: true })?.ino;
}

// As SQLite takes a place with a mode: whatever stands in a path is escaped.
function addressOf(file: string, mode: ConnectionRequest['mode']): string {
  if (mode === 'make') return file;
  return `${pathToFileURL(file).href}?mode=${mode === 'read' ? 'ro' : 'rw'}`;
}

// libsql binds every number as a real, which a text column would keep as `1.0`, and ends the process at a boolean.
function toBindable(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return value;
}
