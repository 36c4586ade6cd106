import { promises } from 'node:fs';

import { stateErrors } from './errors/catalogue/state.ts';
import type { DevServicesEvent } from './events.ts';
import { fileReason, isErrno } from './identity/file-reason.ts';
import { parseObject } from './identity/state-file.ts';
import { watchPath } from './identity/watch-path.ts';

/** One event as it stands in the journal. */
export interface JournalEntry {
  /** Byte offset of its line. */
  id: number;
  event: DevServicesEvent;
}

export interface JournalReading {
  /**
   * Byte offset from which on lines are read; within a line, the next one is the first. So whoever saw
   * the event `id` goes on from `id + 1`.
   */
  from?: number;
  /** Goes on as the journal grows, until `signal` aborts. */
  follow?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * The events of a journal, oldest first; ends quietly when `signal` aborts. What is no event is passed
 * over: a line that a crash tore, and the last one while it is being written. A journal that is not there
 * is empty; one that was replaced by a shorter one is read from its beginning.
 */
export async function* readJournal(
  path: string,
  reading: JournalReading,
): AsyncGenerator<JournalEntry, void, undefined> {
  const { from = 0, follow = false, signal } = reading;
  // From one byte earlier: it tells whether `from` is a line's beginning.
  const cursor: Cursor = { position: Math.max(0, from - 1), isWithin: from > 0, inode: undefined };
  // Watched before the first look, so that nothing falls between.
  const changes = follow ? watchPath(path) : undefined;
  try {
    for (;;) {
      for await (const entry of readLines(path, cursor)) {
        if (signal?.aborted === true) return;
        yield entry;
      }
      if (!changes || signal?.aborted === true) return;
      await changes.next(signal);
    }
  } finally {
    changes?.close();
  }
}

interface Cursor {
  /** Where the next line begins. */
  position: number;
  /** Whether `position` may be within a line, the rest of which is passed over. */
  isWithin: boolean;
  inode: number | undefined;
}

const newline = 10;
const chunkBytes = 65_536;

async function* readLines(path: string, cursor: Cursor): AsyncGenerator<JournalEntry> {
  const file = await openFile(path);
  if (!file) return;
  try {
    const { size, ino } = await file.stat();
    const isOther = cursor.inode !== undefined && cursor.inode !== ino;
    if (isOther || size < cursor.position) Object.assign(cursor, { position: 0, isWithin: false });
    cursor.inode = ino;
    let wantedBytes = chunkBytes;
    for (;;) {
      const chunk = Buffer.alloc(wantedBytes);
      const { bytesRead } = await file.read(chunk, 0, wantedBytes, cursor.position);
      const lines = splitLines(chunk.subarray(0, bytesRead), cursor);
      for (const { id, text } of lines) {
        const event = parseEvent(text);
        if (event) yield { id, event };
      }
      if (bytesRead < wantedBytes) return;
      // A line longer than the chunk: it is read again in a larger one.
      wantedBytes = lines.length === 0 ? wantedBytes * 2 : chunkBytes;
    }
  } finally {
    await file.close();
  }
}

/** The whole lines of a chunk; the cursor moves behind the last one. */
function splitLines(chunk: Buffer, cursor: Cursor): readonly { id: number; text: string }[] {
  const lines: { id: number; text: string }[] = [];
  let start = 0;
  for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
    if (!cursor.isWithin) {
      lines.push({ id: cursor.position + start, text: chunk.toString('utf8', start, end) });
    }
    cursor.isWithin = false;
    start = end + 1;
  }
  cursor.position += start;
  return lines;
}

async function openFile(path: string): Promise<promises.FileHandle | undefined> {
  try {
    return await promises.open(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}

function parseEvent(line: string): DevServicesEvent | undefined {
  const event = parseObject(line);
  const isEvent = typeof event?.['event'] === 'string';
  return isEvent ? (event as unknown as DevServicesEvent) : undefined;
}
