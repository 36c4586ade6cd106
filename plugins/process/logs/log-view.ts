import type { LogMark } from './log-index.ts';
import { listParts, type LogPart } from './log-files.ts';

/** A run of a log's bytes in one file. */
export interface LogPiece {
  /** Absent: the live file. */
  path?: string;
  /** Logical offset of its first byte, and of the byte after its last. */
  start: number;
  end: number;
  /** Where its first byte is in the file. */
  skip: number;
}

/** A log as one look saw it. */
export interface LogView {
  /** Oldest first, without gaps between where nobody removed one. */
  pieces: readonly LogPiece[];
  /** Logical offset of the first byte that is kept, and of the byte after the last. */
  start: number;
  end: number;
  marks: readonly LogMark[];
  /** The live file was removed or is another one: nothing more comes to this log. */
  isGone: boolean;
}

/**
 * How parts and live file make one log. While it is rotated, or where that was cut short, the newest part
 * begins where the index says that the live file does: then that is emptied already, or begins with the
 * part's bytes.
 */
export function layOut(path: string, liveBytes: number, indexed: number | undefined): LogPiece[] {
  const parts = listParts(path);
  const newest = parts.at(-1);
  const pieces: LogPiece[] = parts.map(({ path: part, start, end }) => {
    return { path: part, start, end, skip: 0 };
  });
  const skip = newest && indexed === newest.start ? skipOf(newest, liveBytes) : 0;
  const start = Math.max(newest?.end ?? 0, indexed ?? 0);
  return [...pieces, { start, end: start + liveBytes - skip, skip }];
}

function skipOf({ start, end }: LogPart, liveBytes: number): number {
  return liveBytes >= end - start ? end - start : 0;
}
