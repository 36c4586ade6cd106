import { stat } from 'node:fs/promises';
import {
  fileReason,
  isErrno,
  type JournalEntry,
  readJournal,
  stateErrors,
} from 'devservices/machine';

export interface BackwardReading {
  /** How much of the journal is held at a time. */
  windowBytes: number;
  /** How far back it is read. */
  reachBytes: number;
  signal: AbortSignal;
}

/**
 * The events of a journal, newest first. Returns whether it came to the journal's beginning. Throws
 * DS_STATE_UNREADABLE.
 */
export async function* readBackwards(
  path: string,
  { windowBytes, reachBytes, signal }: BackwardReading,
): AsyncGenerator<JournalEntry, boolean, undefined> {
  const size = await sizeOf(path);
  const end = Math.max(0, size - reachBytes);
  for (let to = size; to > end; to -= windowBytes) {
    const from = Math.max(end, to - windowBytes);
    const window: JournalEntry[] = [];
    for await (const entry of readJournal(path, { from, signal })) {
      if (entry.id >= to) break;
      window.push(entry);
    }
    signal.throwIfAborted();
    yield* window.toReversed();
  }
  return end === 0;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}
