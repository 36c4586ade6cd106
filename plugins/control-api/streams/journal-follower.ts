import { type Clock, type JournalCursor, watchPath } from 'devservices/machine';
import { gatherEntries } from './gather-entries.ts';
import type { JournalBatch } from './journal-batch.ts';

const windowMs = 50;

/** Follows a journal for all who read it now. */
export interface JournalFollower {
  /** Whether a cursor has read everything that was told so far, of the same journal. */
  hasCaughtUp(cursor: JournalCursor): boolean;
  /** How often it has looked. */
  readonly looks: number;
  /** Resolves after its next look; also when it stops, or the signal aborts. */
  nextLook(signal: AbortSignal): Promise<void>;
  stop(): void;
}

export interface FollowerTaps {
  onBatch(batch: JournalBatch): void;
  /** Another journal is there: ids begin anew. */
  onReplaced(): void;
  /** The journal cannot be read; nothing more comes. */
  onError(thrown: unknown): void;
}

/** Takes the cursor over; looks at once, and then when something was written, at most every 50 ms. */
export function followJournal(
  { path, cursor, clock }: { path: string; cursor: JournalCursor; clock: Clock },
  taps: FollowerTaps,
): JournalFollower {
  const stop = new AbortController();
  const waiting = new Set<() => void>();
  // What follows it was not told, and of which journal.
  let told = cursor.position;
  let toldOf = cursor.replacements;
  let looks = 0;

  const look = async (): Promise<void> => {
    for await (const found of gatherEntries(cursor)) {
      if (stop.signal.aborted) return;
      if (found === 'replaced') {
        told = 0;
        toldOf = cursor.replacements;
        taps.onReplaced();
      } else {
        told = found.lastId + 1;
        taps.onBatch(found);
      }
    }
  };
  const tellLook = (): void => {
    looks += 1;
    for (const tell of waiting) tell();
  };
  const follow = async (): Promise<void> => {
    // Watched before the first look, so that nothing falls between.
    const changes = watchPath(path);
    try {
      while (!stop.signal.aborted) {
        await look();
        tellLook();
        await clock.sleep(windowMs, stop.signal).catch(() => {});
        await changes.next(stop.signal);
      }
    } finally {
      changes.close();
      tellLook();
    }
  };
  follow().catch((thrown: unknown) => {
    if (!stop.signal.aborted) taps.onError(thrown);
  });
  return {
    hasCaughtUp: (other) =>
      toldOf === cursor.replacements && isSameJournal(cursor, other) && other.position >= told,
    get looks() {
      return looks;
    },
    nextLook: (signal) =>
      new Promise((resolve) => {
        const done = (): void => {
          waiting.delete(done);
          signal.removeEventListener('abort', done);
          resolve();
        };
        waiting.add(done);
        signal.addEventListener('abort', done);
        if (signal.aborted || stop.signal.aborted) done();
      }),
    stop: () => stop.abort(),
  };
}

function isSameJournal(
  { beginning: one }: JournalCursor,
  { beginning: other }: JournalCursor,
): boolean {
  const bytes = Math.min(one.length, other.length);
  if (bytes === 0) return one.length === other.length;
  return one.subarray(0, bytes).equals(other.subarray(0, bytes));
}
