import {
  closeSync,
  constants,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { listParts, partPath, preparedPath } from './log-files.ts';

/**
 * Makes a part of the live file, which begins at the logical offset `base`, and empties it; gives the
 * part's bytes. Nobody may write meanwhile. Where it throws the log is as it was.
 */
export async function rotateLog(path: string, base: number): Promise<number> {
  const prepared = preparedPath(path, base);
  const part = partPath(path, base);
  try {
    await copyFile(path, prepared, constants.COPYFILE_FICLONE);
    const bytes = copyRest(path, prepared);
    renameSync(prepared, part);
    truncateSync(path, 0);
    return bytes;
  } catch (thrown) {
    rmSync(prepared, { force: true });
    rmSync(part, { force: true });
    throw thrown;
  }
}

/** Removes the oldest parts; gives where the log begins then, `base` where no part is left. */
export function dropParts(path: string, kept: number, base: number): number {
  const parts = listParts(path);
  const dropped = Math.max(0, parts.length - kept);
  for (const part of parts.slice(0, dropped)) rmSync(part.path, { force: true });
  return parts[dropped]?.start ?? base;
}

// Somebody who was not asked to pause may have written since.
function copyRest(path: string, prepared: string): number {
  let bytes = statSync(prepared).size;
  if (statSync(path).size === bytes) return bytes;
  const from = openSync(path, 'r');
  const to = openSync(prepared, 'a');
  const block = Buffer.allocUnsafe(64 * 1024);
  try {
    for (;;) {
      const count = readSync(from, block, 0, block.length, bytes);
      if (count === 0) return bytes;
      for (let done = 0; done < count;) done += writeSync(to, block, done, count - done);
      bytes += count;
    }
  } finally {
    closeSync(from);
    closeSync(to);
  }
}
