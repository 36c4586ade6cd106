import type { MetricKind, MetricRow, MetricSample } from '../metrics.ts';

/** What some measurements came to. */
export type Totals = Pick<MetricRow, 'count' | 'sum' | 'min' | 'max' | 'last'>;

/** Both together; `later` has the last word. */
export function addTotals(earlier: Totals, later: Totals): Totals {
  return {
    count: finite(earlier.count + later.count),
    sum: finite(earlier.sum + later.sum),
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    last: later.last,
  };
}

/** What a sample counts for where it is lost. */
export function amountOf({ kind, sum, count }: Pick<MetricSample, 'kind' | 'sum' | 'count'>) {
  return isCounter(kind) ? sum : count;
}

export const isCounter = (kind: MetricKind): boolean => kind === 'counter';

/** What cannot be written as a number any more is as much as can be. */
export const finite = (value: number): number =>
  Number.isNaN(value) ? 0 : Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
