import { readFile } from 'node:fs/promises';
import type { ProcessRow } from '../ending/process-row.ts';

/**
 * Memory of processes of one service, bytes, without pages of files. What several of them share, as
 * those of Postgres do, counts once. On macOS what `ps` says, with pages of files.
 */
export async function readMemory(rows: readonly ProcessRow[]): Promise<number> {
  const each = await Promise.all(
    rows.map((row) => readOne(row, { sharesMemory: rows.length > 1 })),
  );
  return each.reduce((sum, bytes) => sum + bytes, 0);
}

async function readOne(
  { identity: { pid }, residentBytes }: ProcessRow,
  { sharesMemory }: { sharesMemory: boolean },
): Promise<number> {
  if (residentBytes !== undefined) return residentBytes;
  // It walks through all of a process's pages, some milliseconds, on another thread.
  const shares = sharesMemory ? await readFields(`/proc/${pid}/smaps_rollup`) : undefined;
  return shares ?? (await readFields(`/proc/${pid}/status`)) ?? 0;
}

/** Undefined where the file has none of them, or may not be read, or the process has ended. */
async function readFields(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'latin1').catch(() => '');
  const found = [...text.matchAll(/^(?:Pss_|Rss)(?:Anon|Shmem):\s*(\d+) kB$/gm)];
  if (found.length === 0) return undefined;
  return found.reduce((sum, [, kilobytes]) => sum + Number(kilobytes) * 1024, 0);
}
