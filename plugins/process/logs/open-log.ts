import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isErrno } from 'devservices/machine';
import { createIndexReader } from './index-reader.ts';
import { indexPath, partPath } from './log-files.ts';
import { layOut, type LogPiece, type LogView } from './log-view.ts';

/** The files of one log, while others write, rotate and remove them. */
export interface OpenLog {
  look(): LogView;
  /**
   * Some bytes from `offset` on, none from `end` on; where they are not kept any more, from the first
   * that are. Empty where there are none.
   */
  read(offset: number, end: number): { offset: number; bytes: Buffer };
  close(): void;
}

const blockBytes = 64 * 1024;

/** Opens the log whose live file is at `path`; undefined where there is none. Throws what the disk throws. */
export function openLog(path: string): OpenLog | undefined {
  const live = openFile(path);
  if (live === undefined) return undefined;
  // As long as it is open no other file has its number.
  const { ino, dev } = fstatSync(live);
  const index = createIndexReader(indexPath(path));
  let view: LogView = { pieces: [], start: 0, end: 0, marks: [], isGone: false };

  const look = (): LogView => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.ino !== ino || found.dev !== dev) {
      // Its parts may be gone too: what is left is the rest of the live file.
      const { start, skip } = view.pieces.at(-1) ?? { start: 0, skip: 0 };
      const end = start + Math.max(0, fstatSync(live).size - skip);
      return (view = { ...view, ...withSpan([{ start, end, skip }]), isGone: true });
    }
    do {
      const { base, marks } = index.read();
      const pieces = layOut(path, fstatSync(live).size, base);
      view = { ...withSpan(pieces), marks, isGone: false };
    } while (!isStill());
    return view;
  };
  // A rotation first names its part, then empties the live file, then writes the index anew.
  const isStill = (): boolean => {
    const next = partPath(path, view.pieces.at(-1)?.start ?? 0);
    const bytes = statSync(next, { throwIfNoEntry: false })?.size ?? 0;
    return bytes === 0 && index.isCurrent();
  };
  look();
  return {
    look,
    read(offset, end) {
      for (;;) {
        const piece = view.pieces.find((one) => one.end > offset);
        const from = Math.max(offset, piece?.start ?? offset);
        if (!piece || from >= end) return { offset, bytes: Buffer.alloc(0) };
        const count = Math.min(blockBytes, piece.end - from, end - from);
        const position = piece.skip + from - piece.start;
        if (piece.path === undefined) {
          const bytes = readBytes(live, position, count);
          if (bytes.length > 0 && (view.isGone || isStill())) return { offset: from, bytes };
        } else {
          const bytes = readPart(piece.path, position, count);
          if (bytes && bytes.length > 0) return { offset: from, bytes };
        }
        look();
      }
    },
    close: () => closeSync(live),
  };
}

function withSpan(pieces: readonly LogPiece[]): Pick<LogView, 'pieces' | 'start' | 'end'> {
  return { pieces, start: pieces[0]?.start ?? 0, end: pieces.at(-1)?.end ?? 0 };
}

function openFile(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

/** Undefined where the part was dropped. */
function readPart(path: string, position: number, count: number): Buffer | undefined {
  const file = openFile(path);
  if (file === undefined) return undefined;
  try {
    return readBytes(file, position, count);
  } finally {
    closeSync(file);
  }
}

function readBytes(file: number, position: number, count: number): Buffer {
  const bytes = Buffer.allocUnsafe(count);
  return bytes.subarray(0, readSync(file, bytes, 0, count, position));
}
