import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isErrno } from 'devservices/machine';
import { headerBytes, type LogIndex, type LogMark, parseHeader, parseMarks } from './log-index.ts';

/** Reads an index again and again: only what is new, as long as it is the same one. */
export interface IndexReader {
  /** No base where there is no index, or nothing that could be one. */
  read(): { base: number | undefined; marks: readonly LogMark[] };
  /** Whether the index is still the one that was read last; it may have more marks. */
  isCurrent(): boolean;
}

export function createIndexReader(path: string): IndexReader {
  let known: LogIndex | undefined;
  let taken = 0;
  const load = (): void => {
    const file = openIndex(path);
    if (file === undefined) {
      known = undefined;
      return;
    }
    try {
      const found = headerOf(file);
      if (found?.header !== known?.header) {
        known = found && { ...found, marks: [] };
        taken = (found?.header.length ?? 0) + 1;
      }
      if (!known) return;
      const { marks, length } = parseMarks(textOf(file, taken), known.marks.at(-1));
      for (const mark of marks) known.marks.push(mark);
      taken += length;
    } finally {
      closeSync(file);
    }
  };
  return {
    read() {
      load();
      return { base: known?.base, marks: known?.marks ?? [] };
    },
    isCurrent() {
      const file = openIndex(path);
      if (file === undefined) return known === undefined;
      try {
        return headerOf(file)?.header === known?.header;
      } finally {
        closeSync(file);
      }
    },
  };
}

function openIndex(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (thrown) {
    if (isErrno(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

function headerOf(file: number): Pick<LogIndex, 'header' | 'base'> | undefined {
  const bytes = Buffer.alloc(headerBytes);
  return parseHeader(bytes.toString('latin1', 0, readSync(file, bytes, 0, headerBytes, 0)));
}

function textOf(file: number, from: number): string {
  const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - from));
  return bytes.toString('latin1', 0, readSync(file, bytes, 0, bytes.length, from));
}
