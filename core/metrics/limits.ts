/** How much is kept at most, and when it is sent. */
export interface MetricsLimits {
  /** Keys with their tags. */
  rows: number;
  /** Different sets of tags of one key. */
  tagSets: number;
  /** Rows that have changed, before the next flush is due. */
  changedRows: number;
  flushMs: number;
  /** Values that are kept of a timing or distribution from one flush to the next. */
  values: number;
  /** Samples that wait for a sink that is still at the ones before. */
  waiting: number;
  /** What one batch may take of a sink's time. */
  sendMs: number;
  /** What the last flush and the closing of all sinks may take together. */
  closeMs: number;
}

export const defaultLimits: MetricsLimits = {
  rows: 2000,
  tagSets: 200,
  changedRows: 500,
  flushMs: 10_000,
  values: 256,
  waiting: 1000,
  sendMs: 5000,
  closeMs: 1000,
};
