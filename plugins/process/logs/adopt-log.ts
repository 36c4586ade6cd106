import { closeSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { loadStateFile, replaceStateFile } from 'devservices/machine';
import { type LogMark, parseIndex } from './log-index.ts';
import { indexPath, listParts, type LogPart, removeLog, removePrepared } from './log-files.ts';

/** How a log stands when somebody begins to look after it. */
export interface AdoptedLog {
  /** Logical offset of the live file's first byte. */
  base: number;
  lastMark: LogMark;
}

/**
 * Takes over the log at `path`, or makes a new one where there is no live file. Whoever had it may have
 * been killed at any point of a rotation, which is: (1) a part is prepared, (2) it gets its name, (3) the
 * live file is emptied, (4) the index says its new base, (5) old parts go. After
 *
 * - 1: the live file has everything. What was prepared goes.
 * - 2: it has everything still, and the part the same. The part goes: nothing is lost or doubled.
 * - 3: what the index says is older. The part's end is the base.
 * - 4: too many parts are there, until the next rotation.
 *
 * 2 and 3 look the same where the index says where the newest part begins: then the live file begins
 * with just the part's bytes, or not. (One that was emptied, ran on unwatched and wrote the very same
 * bytes again, a whole part long, is taken for 2: that repetition is lost.)
 */
export function adoptLog(path: string): AdoptedLog {
  const live = statSync(path, { throwIfNoEntry: false });
  if (!live) {
    removeLog(path);
    replaceStateFile(path, '');
    return { base: 0, lastMark: { offset: 0, at: 0 } };
  }
  removePrepared(path);
  const index = parseIndex(loadStateFile(indexPath(path)) ?? '');
  const lastMark = index?.marks.at(-1) ?? { offset: 0, at: 0 };
  const base = findBase(path, live.size, index?.base);
  // Emptied by hand, unwatched: offsets never go back.
  return {
    base: Math.max(base, live.size < lastMark.offset - base ? lastMark.offset : 0),
    lastMark,
  };
}

function findBase(path: string, liveBytes: number, indexed: number | undefined): number {
  const newest = listParts(path).at(-1);
  if (!newest) return indexed ?? 0;
  if (indexed !== undefined && indexed !== newest.start) return Math.max(indexed, newest.end);
  if (liveBytes < newest.end - newest.start || !beginsWith(path, newest)) return newest.end;
  rmSync(newest.path, { force: true });
  return newest.start;
}

const blockBytes = 1024 * 1024;

function beginsWith(path: string, part: LogPart): boolean {
  const bytes = part.end - part.start;
  const files = [openSync(path, 'r'), openSync(part.path, 'r')];
  const blocks = files.map(() => Buffer.allocUnsafe(blockBytes));
  try {
    for (let at = 0; at < bytes; at += blockBytes) {
      const wanted = Math.min(blockBytes, bytes - at);
      const [left, right] = files.map((file, which) => {
        const block = blocks[which] as Buffer;
        return block.subarray(0, readSync(file, block, 0, wanted, at));
      });
      if (!left || !right || left.length < wanted || !left.equals(right)) return false;
    }
    return true;
  } finally {
    files.forEach((file) => closeSync(file));
  }
}
