import type { MetricSample } from '../metrics.ts';
import { joinReservoirs } from './reservoir.ts';
import { addTotals } from './totals.ts';

/** Two samples of one row as one; `later` has the last word. */
export function joinSamples(
  earlier: MetricSample,
  later: MetricSample,
  picking: { most: number; random(): number },
): MetricSample {
  const { values } = joinReservoirs(reservoirOf(earlier), reservoirOf(later), picking);
  const { kind, key, tags } = later;
  const totals = addTotals(earlier, later);
  return Object.freeze({ kind, key, tags, ...totals, values: Object.freeze(values) });
}

const reservoirOf = ({ values, count }: MetricSample) => ({ values, seen: count });
