import type { MetricSample } from '../../../core/metrics.ts';

/** A measurement, with what a test does not say made up from what it does. */
export function sampleOf(
  given: Pick<MetricSample, 'kind' | 'key'> & Partial<MetricSample>,
): MetricSample {
  const { values = [], last = values.at(-1) ?? 1 } = given;
  const all = values.length > 0 ? values : [last];
  return {
    tags: {},
    count: all.length,
    sum: all.reduce((sum, value) => sum + value, 0),
    min: Math.min(...all),
    max: Math.max(...all),
    last,
    values,
    ...given,
  };
}
