import type { MetricRow, MetricSample, MetricsSink, MetricTags } from 'devservices/runner';

/** Keeps what it gets, summed by key and tags. */
export interface MemorySink extends MetricsSink {
  /** Everything so far. */
  rows(): readonly MetricRow[];
  /** Of a counter, over all rows that have at least these tags; 0 where there is none. */
  total(key: string, tags?: MetricTags): number;
  /** How often something was measured, over all rows that have at least these tags. */
  count(key: string, tags?: MetricTags): number;
}

/**
 * For tests and for authors of plugins: `metrics({ memory })`, or `ctx.metrics.addSink(memory)`.
 *
 * @example
 * const memory = createMemorySink();
 * await using test = createTestHost({ config: { plugins: [metrics({ memory }), mailpit] } });
 * await test.up();
 * await test.host.close();
 * memory.total('mails.sent', { queue: 'fast' });
 */
export function createMemorySink(): MemorySink {
  const rows = new Map<string, MetricRow>();
  const matching = (key: string, tags: MetricTags): MetricRow[] =>
    [...rows.values()].filter(
      (row) =>
        row.key === key &&
        Object.entries(tags).every(([name, value]) => row.tags[name] === String(value)),
    );
  return {
    name: 'memory',
    send: (batch) => takeAll(rows, batch),
    sendNow: (batch) => takeAll(rows, batch),
    rows: () => [...rows.values()],
    total: (key, tags = {}) => matching(key, tags).reduce((all, { sum }) => all + sum, 0),
    count: (key, tags = {}) => matching(key, tags).reduce((all, { count }) => all + count, 0),
  };
}

function takeAll(rows: Map<string, MetricRow>, batch: readonly MetricSample[]): void {
  for (const { values: _, ...row } of batch) {
    const id = JSON.stringify([row.kind, row.key, Object.entries(row.tags).toSorted(byName)]);
    const before = rows.get(id);
    rows.set(id, before ? add(before, row) : row);
  }
}

function add(before: MetricRow, row: MetricRow): MetricRow {
  return {
    ...row,
    count: before.count + row.count,
    sum: before.sum + row.sum,
    min: Math.min(before.min, row.min),
    max: Math.max(before.max, row.max),
  };
}

const byName = ([one]: [string, string], [other]: [string, string]): number =>
  one < other ? -1 : 1;
