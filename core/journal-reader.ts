import { watchPath } from './identity/watch-path.ts';
import { createJournalCursor, type JournalEntry } from './journal-cursor.ts';

export type { JournalEntry } from './journal-cursor.ts';

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
 * is empty; one that was replaced by another is read from its beginning.
 */
export async function* readJournal(
  path: string,
  reading: JournalReading,
): AsyncGenerator<JournalEntry, void, undefined> {
  const { from = 0, follow = false, signal } = reading;
  const cursor = createJournalCursor(path, { from });
  // Watched before the first look, so that nothing falls between.
  const changes = follow ? watchPath(path) : undefined;
  try {
    for (;;) {
      for await (const entry of cursor.read()) {
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
