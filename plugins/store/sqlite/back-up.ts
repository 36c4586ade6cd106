import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainWriting } from './explain-sqlite.ts';
import type { SqliteConnection } from './libsql.ts';
import { syncFolder } from './make-file.ts';
import { findBackups } from './store-file.ts';

const kept = 3;

/**
 * Copies the store as `reader` sees it to `FILE.backup-TIME`, whole before it has that name, and keeps the
 * newest three. The caller holds the store's write lock: nobody else copies meanwhile.
 *
 * Throws DS_STORE_FULL, DS_STORE_READONLY.
 */
export function backUp(
  file: string,
  { reader, nowMs }: { reader: SqliteConnection; nowMs: number },
): void {
  const prepared = `${file}.copy`;
  try {
    rmSync(prepared, { force: true });
    const descriptor = openSync(prepared, 'wx', 0o600);
    try {
      reader.run('vacuum into ?', [prepared]);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    const time = new Date(nowMs).toISOString().replaceAll(':', '-');
    renameSync(prepared, `${file}.backup-${time}`);
    syncFolder(dirname(file));
  } catch (thrown) {
    rmSync(prepared, { force: true });
    throw explainWriting(thrown, file);
  }
  for (const old of findBackups(file).slice(kept)) rmSync(old, { force: true });
}
