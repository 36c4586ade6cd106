import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

import { stateErrors } from './errors/catalogue/state.ts';
import type { DevServicesError } from './errors/error.ts';
import type { DevServicesEvent } from './events.ts';
import { fileReason } from './identity/file-reason.ts';
import { readJournal, type JournalEntry, type JournalReading } from './journal-reader.ts';

/** The record of everything that happened in a checkout: one JSON event a line, only ever appended to. */
export interface Journal {
  /**
   * Writes one event with one system call, so that several processes may append to one journal.
   * Returns its id, the byte offset of its line; undefined where it could not be written.
   */
  append(event: DevServicesEvent): number | undefined;
  /** What was written; see `readJournal`. */
  read(reading?: JournalReading): AsyncIterable<JournalEntry>;
  close(): void;
}

/**
 * Opens the journal at `path`, 0600, making it where there is none. Never throws: a task does not fail
 * because its journal cannot be written. `onFailure` hears of the first failure only.
 *
 * @example openJournal(join(checkout.stateFolder, 'events.ndjson'), { onFailure: warn })
 */
export function openJournal(
  path: string,
  options: { onFailure?(error: DevServicesError): void } = {},
): Journal {
  let hasFailed = false;
  const attempt = <T>(work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      const reason = fileReason(error);
      if (!hasFailed) {
        options.onFailure?.(stateErrors.create('DS_STATE_UNWRITABLE', { path, reason }, error));
      }
      hasFailed = true;
      return undefined;
    }
  };
  let writer = attempt(() => createWriter(path));
  return {
    append: (event) => attempt(() => writer?.write(`${JSON.stringify(event)}\n`)),
    read: (reading = {}) => readJournal(path, reading),
    close() {
      writer?.close();
      writer = undefined;
    },
  };
}

interface Writer {
  write(line: string): number;
  close(): void;
}

const newline = 10;
const searchedBytes = 1_048_576;

function createWriter(path: string): Writer {
  const file = openSync(path, 'a+', 0o600);
  let size = fstatSync(file).size;
  // After a torn line (a crash, a full disk) the next one begins afresh.
  let isTorn = size > 0 && read(file, size - 1, size)[0] !== newline;
  const write = (line: string): number => {
    const bytes = Buffer.from(isTorn ? `\n${line}` : line);
    const lineStart = isTorn ? 1 : 0;
    isTorn = true;
    const written = writeSync(file, bytes);
    if (written < bytes.length) throw new Error(`only ${written} of ${bytes.length} bytes fitted`);
    isTorn = false;
    const expected = size + written;
    size = fstatSync(file).size;
    if (size === expected) return size - written + lineStart;
    // Others have written since: the line stands somewhere among theirs.
    const from = Math.max(0, expected - written, size - searchedBytes);
    const found = from + read(file, from, size).lastIndexOf(bytes);
    isTorn = found > from && lineStart === 0 && read(file, found - 1, found)[0] !== newline;
    return isTorn ? write(line) : found + lineStart;
  };
  return { write, close: () => closeSync(file) };
}

function read(file: number, from: number, to: number): Buffer {
  const bytes = Buffer.alloc(Math.max(0, to - from));
  readSync(file, bytes, 0, bytes.length, from);
  return bytes;
}
