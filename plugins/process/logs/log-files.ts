import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What was rotated away of a log: a file that changes no more. */
export interface LogPart {
  path: string;
  /** Logical offset of its first byte. */
  start: number;
  /** Of the byte after its last. */
  end: number;
}

/** Where the times of a log and the offset of its live file are kept. */
export const indexPath = (path: string): string => `${path}.index`;

/** The part of the log at `path` that begins at a logical offset. */
export const partPath = (path: string, start: number): string => `${path}.${start}`;

/** What a part is prepared as, until it is whole. */
export const preparedPath = (path: string, start: number): string => `${path}.${start}.tmp`;

/** The parts of a log that are there, oldest first. */
export function listParts(path: string): LogPart[] {
  const prefix = `${basename(path)}.`;
  return listFolder(dirname(path))
    .filter((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length)))
    .flatMap((name) => {
      const part = join(dirname(path), name);
      const bytes = statSync(part, { throwIfNoEntry: false })?.size;
      const start = Number(name.slice(prefix.length));
      return bytes === undefined ? [] : [{ path: part, start, end: start + bytes }];
    })
    .toSorted((left, right) => left.start - right.start);
}

/** Removes a log with all that belongs to it; nothing where there is none. */
export function removeLog(path: string): void {
  // What is left when this is interrupted belongs to no live file: the next log begins anew.
  rmSync(path, { force: true });
  rmSync(indexPath(path), { force: true });
  removePrepared(path);
  for (const part of listParts(path)) rmSync(part.path, { force: true });
}

/** Removes what was being prepared when somebody was interrupted. */
export function removePrepared(path: string): void {
  const prefix = `${basename(path)}.`;
  for (const name of listFolder(dirname(path))) {
    const isPrepared = /^(index\.)?[0-9a-f]+\.tmp$/.test(name.slice(prefix.length));
    if (name.startsWith(prefix) && isPrepared) rmSync(join(dirname(path), name), { force: true });
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
