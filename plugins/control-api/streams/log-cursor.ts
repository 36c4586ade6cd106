import type { LogLine } from 'devservices/runner';
import { decodePlace, encodePlace, type LogPlace, type SeenMoment } from './log-place.ts';

/** How far the logs of several services were read, so that reading goes on there without gap or repeat. */
export interface LogCursor {
  /** From when on the logs are to be read; undefined: as they were asked for the first time. */
  readonly sinceMs: number | undefined;
  /** Notes a line; false for one that was there before. */
  take(line: LogLine): boolean;
  /** For an event's id. */
  encode(): string;
}

export interface LogStart {
  /** An event's id, to go on there. */
  id?: string | undefined;
  /** Lines before were not asked for. */
  sinceMs?: number | undefined;
  /** Only the last lines were asked for: a moment's first ones may be left out. */
  isTail: boolean;
  nowMs: number;
}

/**
 * Times of one stream only grow, and lines of one moment stay in their order: what is before the last
 * line that was given, or among the first so many of its moment, was seen. What comes first of all logs
 * is the earliest line of all. A line that has no time is given again rather than lost. Throws
 * DS_API_CURSOR_INVALID.
 */
export function createLogCursor(start: LogStart): LogCursor {
  const resumed = start.id === undefined ? undefined : decodePlace(start.id);
  const place: LogPlace = resumed ? structuredClone(resumed) : begin(start);
  // How many lines of its last moment came again, by stream.
  const again = new Map<SeenMoment, number>();

  const isSeen = ({ service, stream }: LogLine, at: bigint): boolean => {
    if (!resumed) return false;
    const known = resumed.services.get(service);
    const moment = known?.[stream];
    if (!moment) {
      const from = known?.first ?? resumed.from;
      return from !== undefined && at < from;
    }
    if (at !== moment.at) return at < moment.at;
    if (moment.lines === 'all') return true;
    const count = (again.get(moment) ?? 0) + 1;
    again.set(moment, count);
    return count <= moment.lines;
  };
  const note = ({ service, stream }: LogLine, at: bigint): void => {
    place.from = earlier(place.from, at);
    const known = place.services.get(service) ?? { first: at };
    place.services.set(service, known);
    const last = known[stream];
    if (!last) {
      const isCut = start.isTail && !resumed;
      known[stream] = { at, lines: isCut ? 'all' : 1 };
    } else if (at > last.at) {
      known[stream] = { at, lines: 1 };
    } else if (at === last.at && last.lines !== 'all') {
      last.lines += 1;
    }
  };
  return {
    sinceMs: resumed ? earliestOf(resumed) : undefined,
    take(line) {
      if (line.at === undefined) return true;
      const at = instantOf(line.at);
      if (isSeen(line, at)) return false;
      note(line, at);
      return true;
    },
    encode: () => encodePlace(place),
  };
}

const nanosPerMs = 1_000_000n;

function begin({ sinceMs, isTail, nowMs }: LogStart): LogPlace {
  // Of the last lines, those that are written from now on are always asked for.
  const fromMs = isTail ? nowMs : sinceMs;
  return {
    from: fromMs === undefined ? undefined : BigInt(Math.floor(fromMs)) * nanosPerMs,
    services: new Map(),
  };
}

/** Where everything that was not seen comes after. */
function earliestOf({ from, services }: LogPlace): number | undefined {
  const instants = [...services.values()].flatMap(({ first, stdout, stderr }) => [
    stdout?.at ?? first,
    stderr?.at ?? first,
  ]);
  const earliest = instants.reduce((one: bigint | undefined, at) => earlier(one, at), from);
  return earliest === undefined ? undefined : Number(earliest / nanosPerMs);
}

const earlier = (one: bigint | undefined, other: bigint): bigint =>
  one === undefined || other < one ? other : one;

/** Nanoseconds since the epoch of an ISO time. */
function instantOf(time: string): bigint {
  const fraction = /\.(\d+)/.exec(time)?.[1] ?? '';
  const seconds = Math.floor(Date.parse(time) / 1000);
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}
