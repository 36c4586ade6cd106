import type { MetricDrop, MetricOptions, MetricRow, Metrics } from '../metrics.ts';

// A tag with ever new values must not grow the table without end.
const rowLimit = 2000;

export function createMetrics(): Metrics {
  const rows = new Map<string, { -readonly [Key in keyof MetricRow]: MetricRow[Key] }>();
  const dropped: Record<MetricDrop, number> = {
    cardinality: 0,
    illegal: 0,
    'queue-full': 0,
    'sink-failed': 0,
    deadline: 0,
  };
  const record = (
    kind: MetricRow['kind'],
    key: string,
    value: number,
    { tags: given = {} }: MetricOptions = {},
  ) => {
    const tags = Object.fromEntries(
      Object.entries(given).map(([name, one]) => [name, String(one)]),
    );
    const id = JSON.stringify([key, Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    const row = rows.get(id);
    if (row) {
      row.count += 1;
      row.sum += value;
      row.min = Math.min(row.min, value);
      row.max = Math.max(row.max, value);
      row.last = value;
    } else if (rows.size < rowLimit) {
      rows.set(id, { kind, key, tags, count: 1, sum: value, min: value, max: value, last: value });
    } else dropped.cardinality += 1;
  };
  return {
    incr: (key, options = {}) => record('counter', key, options.amount ?? 1, options),
    gauge: (key, value, options) => record('gauge', key, value, options),
    timing: (key, ms, options) => record('timing', key, ms, options),
    distribution: (key, value, options) => record('distribution', key, value, options),
    timer: (_key, work) => work({}),
    withTags: (_tags, work) => work(),
    setTags() {},
    addSink: () => () => {},
    snapshot: () => [...rows.values()].map((row) => ({ ...row })),
    dropped: () => dropped,
  };
}
