import { promises } from 'node:fs';

import { stateErrors } from './errors/catalogue/state.ts';
import type { DevServicesEvent } from './events.ts';
import { fileReason, isErrno } from './identity/file-reason.ts';
import { parseObject } from './identity/state-file.ts';

/** One event as it stands in the journal. */
export interface JournalEntry {
  /** Byte offset of its line. */
  id: number;
  event: DevServicesEvent;
}

/** Reads a journal in several goes, each from where the last one ended. */
export interface JournalCursor {
  /** What is there by now; one go at a time. Throws DS_STATE_UNREADABLE. */
  read(): AsyncGenerator<JournalEntry, void, undefined>;
  /** Up to which byte it was read. */
  readonly position: number;
  /** How often another journal was found in the place of the one before; counted before its events are read. */
  readonly replacements: number;
  /** First bytes of the journal that it reads: no two journals begin alike, and none changes its own. */
  readonly beginning: Buffer;
}

/** Where to begin. */
export type JournalStart =
  /** The first line that begins there or later. */
  | { from: number }
  /**
   * Behind an event that was seen, or the last byte of one; where no line begins or ends there, this is
   * another journal by now.
   */
  | { after: number }
  /** Behind the last line that had ended when the journal was so long. */
  | { length: number };

const newline = 10;
const chunkBytes = 65_536;
const beginningBytes = 256;

/** One that is not there is empty. What is no event is passed over, and a line while it is being written. */
export function createJournalCursor(path: string, start: JournalStart): JournalCursor {
  const place: Place = {
    // From one byte earlier: it tells whether `from` is a line's beginning.
    position: 'from' in start ? Math.max(0, start.from - 1) : 0,
    isWithin: 'from' in start && start.from > 0,
    inode: undefined,
    beginning: Buffer.alloc(0),
    replacements: 0,
  };
  let isFirst = true;
  return {
    async *read() {
      const file = await openFile(path);
      try {
        if (isFirst) await find(file, start, place);
        isFirst = false;
        await recognise(file, place);
        if (file) yield* readLines(file, place);
      } catch (error) {
        throw unreadable(path, error);
      } finally {
        await file?.close();
      }
    },
    get position() {
      return place.position;
    },
    get replacements() {
      return place.replacements;
    },
    get beginning() {
      return place.beginning;
    },
  };
}

interface Place {
  /** Where the next line begins. */
  position: number;
  /** Whether `position` may be within a line, the rest of which is passed over. */
  isWithin: boolean;
  inode: number | undefined;
  beginning: Buffer;
  replacements: number;
}

async function find(
  file: promises.FileHandle | undefined,
  start: JournalStart,
  place: Place,
): Promise<void> {
  if ('length' in start && file) place.position = await findLineEnd(file, start.length);
  if (!('after' in start) || start.after < 0) return;
  const { after } = start;
  const bytes = file ? await readAt(file, Math.max(0, after - 1), 2) : Buffer.alloc(0);
  const isThere = after === 0 ? bytes.length > 0 : bytes.length === 2 && bytes.includes(newline);
  if (isThere) Object.assign(place, { position: after, isWithin: true });
  else place.replacements += 1;
}

/** Behind the last newline among so many bytes. */
async function findLineEnd(file: promises.FileHandle, length: number): Promise<number> {
  for (let end = length; end > 0; end -= chunkBytes) {
    const start = Math.max(0, end - chunkBytes);
    const found = (await readAt(file, start, end - start)).lastIndexOf(newline);
    if (found >= 0) return start + found + 1;
  }
  return 0;
}

/** Whether it is the journal that was read before; one that a new one replaced has an inode that may be the same. */
async function recognise(file: promises.FileHandle | undefined, place: Place): Promise<void> {
  const { size, ino } = (await file?.stat()) ?? { size: 0, ino: undefined };
  const beginning = file ? await readAt(file, 0, beginningBytes) : Buffer.alloc(0);
  const isOther =
    (place.inode !== undefined && place.inode !== ino) ||
    size < place.position ||
    !beginning.subarray(0, place.beginning.length).equals(place.beginning);
  if (isOther) {
    Object.assign(place, { position: 0, isWithin: false });
    place.replacements += 1;
  }
  Object.assign(place, { inode: ino, beginning });
}

async function* readLines(file: promises.FileHandle, place: Place): AsyncGenerator<JournalEntry> {
  let wantedBytes = chunkBytes;
  for (;;) {
    const chunk = await readAt(file, place.position, wantedBytes);
    const lines = splitLines(chunk, place);
    for (const { id, text } of lines) {
      const event = parseEvent(text);
      if (event) yield { id, event };
    }
    if (chunk.length < wantedBytes) return;
    // A line longer than the chunk: it is read again in a larger one.
    wantedBytes = lines.length === 0 ? wantedBytes * 2 : chunkBytes;
  }
}

async function readAt(file: promises.FileHandle, offset: number, length: number): Promise<Buffer> {
  const chunk = Buffer.alloc(length);
  const { bytesRead } = await file.read(chunk, 0, length, offset);
  return chunk.subarray(0, bytesRead);
}

/** The whole lines of a chunk; the place moves behind the last one. */
function splitLines(chunk: Buffer, place: Place): readonly { id: number; text: string }[] {
  const lines: { id: number; text: string }[] = [];
  let start = 0;
  for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
    if (!place.isWithin) {
      lines.push({ id: place.position + start, text: chunk.toString('utf8', start, end) });
    }
    place.isWithin = false;
    start = end + 1;
  }
  place.position += start;
  return lines;
}

async function openFile(path: string): Promise<promises.FileHandle | undefined> {
  try {
    return await promises.open(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw unreadable(path, error);
  }
}

const unreadable = (path: string, error: unknown) =>
  stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);

function parseEvent(line: string): DevServicesEvent | undefined {
  const event = parseObject(line);
  const isEvent = typeof event?.['event'] === 'string';
  return isEvent ? (event as unknown as DevServicesEvent) : undefined;
}
