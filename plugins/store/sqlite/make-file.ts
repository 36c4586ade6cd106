import { acquireLock, type Clock, withDeadline } from 'devservices/machine';
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { storeErrors } from '../errors.ts';
import { explainWriting, type StorePlace } from './explain-sqlite.ts';
import { loadSqlite } from './libsql.ts';
import { applicationId, formatVersion, isMade } from './store-file.ts';

/**
 * Makes the file of the store where there is none. It appears in one step, complete: who is killed before
 * leaves nothing that counts.
 *
 * Throws what `isMade` throws, DS_STORE_READONLY, DS_STORE_FULL, DS_STORE_BUSY.
 */
export async function makeFile({ file, busyTimeoutMs }: StorePlace, clock: Clock): Promise<void> {
  const connect = await loadSqlite();
  try {
    await inTurn(file, async () => {
      const path = join(dirname(file), 'store.lock');
      const lock = await withDeadline(
        { clock, ms: busyTimeoutMs },
        (signal) => acquireLock({ path, task: 'make the store', clock, signal }),
        () =>
          storeErrors.create('DS_STORE_BUSY', {
            store: file,
            seconds: Math.round(busyTimeoutMs / 1000),
          }),
      );
      try {
        if (!isMade(file)) prepare(file, connect);
      } finally {
        lock.release();
      }
    });
  } catch (thrown) {
    throw explainWriting(thrown, file);
  }
}

function prepare(file: string, connect: Awaited<ReturnType<typeof loadSqlite>>): void {
  const prepared = `${file}.new`;
  const parts = ['', '-journal', '-wal', '-shm'];
  for (const end of parts) rmSync(`${prepared}${end}`, { force: true });
  // SQLite would make it readable by everybody.
  closeSync(openSync(prepared, 'wx', 0o600));
  const database = connect({ file: prepared, mode: 'make', waitMs: 0 });
  try {
    database.run(`pragma application_id = ${applicationId}`);
    database.run(`pragma user_version = ${formatVersion}`);
    // Kept in the file: a switch later on would wait for everybody who has it open.
    database.pragma('journal_mode = wal');
  } finally {
    database.close();
  }
  // Of a file that is gone: its lines would be taken for changes of the new one.
  for (const end of parts.slice(1)) rmSync(`${file}${end}`, { force: true });
  renameSync(prepared, file);
  syncFolder(dirname(file));
}

/** So that the name outlives a loss of power. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const turns = new Map<string, Promise<unknown>>();

// The lock is between processes: two that are this very process would be an error of ours.
async function inTurn(file: string, work: () => Promise<void>): Promise<void> {
  const before = turns.get(file) ?? Promise.resolve();
  const turn = before.then(work, work);
  turns.set(file, turn);
  await turn;
}
