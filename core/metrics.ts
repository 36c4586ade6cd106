/** What is counted and how it is labelled. */
export interface MetricOptions {
  tags?: Readonly<Record<string, string>>;
  /** Default 1. */
  amount?: number;
}

/** Counts and durations of this run, summed by key and tags; sent nowhere unless a plugin reads them. */
export interface Metrics {
  incr(key: string, options?: MetricOptions): void;
  /** Milliseconds. */
  timing(key: string, ms: number, options?: Pick<MetricOptions, 'tags'>): void;
  /** What was recorded so far. */
  snapshot(): readonly MetricRow[];
}

export interface MetricRow {
  key: string;
  tags: Readonly<Record<string, string>>;
  count: number;
  sum: number;
  max: number;
}

// A tag with ever new values must not grow the table without end.
const rowLimit = 2000;

export function createMetrics(): Metrics {
  const rows = new Map<string, { -readonly [Key in keyof MetricRow]: MetricRow[Key] }>();
  const record = (key: string, value: number, tags: Readonly<Record<string, string>> = {}) => {
    const id = JSON.stringify([key, Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    const row = rows.get(id);
    if (row) {
      row.count += 1;
      row.sum += value;
      row.max = Math.max(row.max, value);
    } else if (rows.size < rowLimit) {
      rows.set(id, { key, tags, count: 1, sum: value, max: value });
    }
  };
  return {
    incr: (key, options = {}) => record(key, options.amount ?? 1, options.tags),
    timing: (key, ms, options = {}) => record(key, ms, options.tags),
    snapshot: () => [...rows.values()].map((row) => ({ ...row })),
  };
}
