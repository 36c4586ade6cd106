import { limits } from './limits.ts';
import { median, type Times } from './measure.ts';

/** One comparison: how many times as long the subject takes as its peer of the same run. */
export interface Row {
  readonly subject: string;
  readonly peer: string;
  readonly ratio: number;
  /** The ratio that must not be exceeded; null where the row only informs. */
  readonly limit: number | null;
  readonly subjectMs: number;
  readonly peerMs: number;
  readonly runs: number;
  /** What is compared, where it is no time. */
  readonly unit?: 'MiB' | 'ns';
}

/** What could not be measured, and why. */
export interface Skipped {
  readonly what: string;
  readonly reason: string;
}

/** Makes a row of the medians of two contestants. */
export function createRow(times: Times, { subject, peer }: { subject: string; peer: string }): Row {
  const own = times.get(subject) ?? [];
  const [subjectMs, peerMs] = [median(own), median(times.get(peer) ?? [])];
  const limit = limits[peer]?.[subject] ?? null;
  return { subject, peer, ratio: subjectMs / peerMs, limit, subjectMs, peerMs, runs: own.length };
}

/** Whether the row keeps its limit. */
export function isWithin({ ratio, limit }: Row): boolean {
  return limit === null || ratio <= limit;
}
