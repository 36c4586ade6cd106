import type { Clock } from 'devservices/machine';
import type { LogChanges } from './log-changes.ts';
import type { LogMark } from './log-index.ts';
import type { LogView } from './log-view.ts';
import type { OpenLog } from './open-log.ts';

/** A log as it is, and how much of it may be read so that its lines have their times. */
export interface TimedView {
  view: LogView;
  /** Logical offset to read to. */
  limit: number;
  /** When a line that begins at an offset was seen. */
  timeOf(offset: number): { at?: string };
}

// Times are written a moment after the bytes, by somebody who may be busy, or not there at all.
const timesLateMs = 250;

/** Looks at a log once the times of what is there are known, or nobody writes them. */
export function createTimedLook(
  log: OpenLog,
  { clock, changes, signal }: { clock: Clock; changes: LogChanges; signal: AbortSignal },
): { look(): Promise<TimedView> } {
  // Up to where times were known when more of them were waited for in vain.
  let inVain = -1;
  return {
    async look() {
      let view = log.look();
      const wanted = view.end;
      const deadline = clock.monotonic() + timesLateMs;
      while (!view.isGone && seenOf(view) < wanted && seenOf(view) !== inVain) {
        const leftMs = deadline - clock.monotonic();
        if (leftMs <= 0 || signal.aborted) inVain = seenOf(view);
        else await changes.next(leftMs);
        view = log.look();
      }
      const isTimed = !view.isGone && seenOf(view) !== inVain;
      const limit = isTimed ? Math.min(seenOf(view), view.end) : view.end;
      return { view, limit, timeOf: createTimes(view.marks) };
    },
  };
}

const seenOf = ({ marks }: LogView): number => marks.at(-1)?.offset ?? 0;

function createTimes(marks: readonly LogMark[]): TimedView['timeOf'] {
  let from = 0;
  let to = 0;
  let time: { at?: string } = {};
  return (offset) => {
    if (offset >= from && offset < to) return time;
    const next = firstAfter(marks, offset);
    const mark = marks[next];
    from = marks[next - 1]?.offset ?? 0;
    to = mark?.offset ?? Infinity;
    time = mark ? { at: new Date(mark.at).toISOString() } : {};
    return time;
  };
}

/** Place of the first mark behind an offset. */
function firstAfter(marks: readonly LogMark[], offset: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((marks[middle]?.offset ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
