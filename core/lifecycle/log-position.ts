import type { LogLine, LogOptions } from '../run/runner.ts';

type Place = Pick<LogOptions, 'sinceMs' | 'tail'>;

/** How far one log has been read, so that it can be opened again without losing or doubling a line. */
export interface LogPosition {
  /** Where to open the log now. What `take` gets from here on may repeat what it had. */
  open(): Place;
  /** Notes a line; false for one that was there before. */
  take(line: LogLine): boolean;
}

interface Mark {
  at: bigint;
  /** Lines of that very moment, with how often each came. */
  texts: Map<string, number>;
}

/**
 * Each stream's times only grow, and are told apart by nanoseconds: what is not after the last line,
 * and not another line of its moment, was seen. `first` is where the log is opened to begin with.
 */
export function createLogPosition(first: Place): LogPosition {
  const last = new Map<LogLine['stream'], Mark>();
  let seen = new Map<LogLine['stream'], Mark>();
  let hasLines = false;
  return {
    open() {
      if (!hasLines) return first;
      const [earliest] = [...last.values()].map(({ at }) => at).toSorted(byTime);
      // Without times only what comes from now on is known to be new.
      if (earliest === undefined) return { tail: 0 };
      seen = new Map(
        [...last].map(([stream, { at, texts }]) => [stream, { at, texts: new Map(texts) }]),
      );
      return { sinceMs: Number(earliest / 1_000_000n) };
    },
    take({ stream, text, at: time }) {
      hasLines = true;
      if (time === undefined) return true;
      const at = instantOf(time);
      const before = seen.get(stream);
      if (before && at <= before.at) {
        if (at < before.at) return false;
        const left = before.texts.get(text) ?? 0;
        before.texts.set(text, left - 1);
        if (left > 0) return false;
      }
      const mark = last.get(stream);
      if (!mark || at > mark.at) last.set(stream, { at, texts: new Map([[text, 1]]) });
      else if (at === mark.at) mark.texts.set(text, (mark.texts.get(text) ?? 0) + 1);
      return true;
    },
  };
}

const byTime = (left: bigint, right: bigint): number => (left < right ? -1 : 1);

/** Nanoseconds since the epoch of an ISO time. */
function instantOf(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(time) / 1000);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}
