import type { ClientReport, Envelope } from '@sentry/core';

/** An envelope on its way to one sink. */
export interface Entry {
  envelope: Envelope;
  bytes: number;
  /** How deep in sendings it was captured. */
  depth: number;
  isUnderWay: boolean;
  /** What it tells, where it is a client report of ours. */
  report?: ClientReport['discarded_events'];
}

/** What waits for an answer, or for its turn, in order. */
export interface SinkQueue {
  /** By number: nothing at all would fit. */
  isFull(): boolean;
  /** False where it does not fit. */
  add(entry: Entry): boolean;
  /** The first that waits for its turn, unless as many as may be are under way. */
  next(): Entry | undefined;
  remove(entry: Entry): void;
  readonly entries: ReadonlySet<Entry>;
  /** Resolves when nothing is left; at once where nothing is. */
  emptied(): Promise<void>;
}

/** 100 envelopes and 2 MiB at most, four at once. */
export function createSinkQueue(): SinkQueue {
  const entries = new Set<Entry>();
  const waiting = new Set<() => void>();
  let bytes = 0;
  let underWay = 0;
  return {
    entries,
    isFull: () => entries.size >= mostEntries,
    add(entry) {
      const isReport = entry.report !== undefined;
      const fits = entries.size < mostEntries && bytes + entry.bytes <= mostBytes;
      // A report is one at most, and says what did not fit.
      if (!fits && !isReport) return false;
      entries.add(entry);
      bytes += entry.bytes;
      return true;
    },
    next() {
      if (underWay >= mostAtOnce) return undefined;
      for (const entry of entries) {
        if (entry.isUnderWay) continue;
        entry.isUnderWay = true;
        underWay += 1;
        return entry;
      }
      return undefined;
    },
    remove(entry) {
      if (!entries.delete(entry)) return;
      bytes -= entry.bytes;
      if (entry.isUnderWay) underWay -= 1;
      if (entries.size > 0) return;
      for (const wake of waiting) wake();
      waiting.clear();
    },
    emptied: () =>
      entries.size === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.add(resolve);
          }),
  };
}

export const mostEntries = 100;
export const mostBytes = 2 * 1024 * 1024;
const mostAtOnce = 4;
