/** Labels of a measurement. Names are `[a-z][a-z0-9_.-]*` of at most 64; see `illegalTag` for those that are refused. */
export type MetricTags = Readonly<Record<string, string | number | boolean>>;

/** What is counted and how it is labelled. */
export interface MetricOptions {
  /** Which of several of a kind: appended to the key, `pulls.redis`. */
  instance?: string;
  /** Win over those of the scope, which win over those of all. */
  tags?: MetricTags;
  /** Default 1. Only of `incr`. */
  amount?: number;
  /** From 0 to 1, default 1: how many of them are taken; what is taken stands for all. */
  sampleRate?: number;
}

export type MetricKind = 'counter' | 'gauge' | 'timing' | 'distribution';

/**
 * Counts and measures what happens. Nothing here blocks, and nothing throws into its caller: what is
 * refused or does not fit is dropped, and counted. Sent nowhere unless a plugin adds a sink.
 *
 * @example
 * metrics.incr('mails.sent', { tags: { queue: 'fast' } });
 * const rows = await metrics.timer('seed.rows', async (tags) => { tags.table = 'users'; return seed(); });
 */
export interface Metrics {
  incr(key: string, options?: MetricOptions): void;
  /** The last one counts. */
  gauge(key: string, value: number, options?: Omit<MetricOptions, 'amount'>): void;
  /** Milliseconds. */
  timing(key: string, ms: number, options?: Omit<MetricOptions, 'amount'>): void;
  distribution(key: string, value: number, options?: Omit<MetricOptions, 'amount'>): void;
  /**
   * Runs `work` and records its milliseconds with the tag `result`, `success` or `failure`; of a promise
   * when it settles. Tags may be added within. Gives what `work` gives, and throws what it throws.
   */
  timer<T>(
    key: string,
    work: (tags: Record<string, string | number | boolean>) => T,
    options?: Omit<MetricOptions, 'amount'>,
  ): T;
  /** Everything that `work` records, across awaits, has these tags as well. */
  withTags<T>(tags: MetricTags, work: () => T): T;
  /** Tags of everything from now on. */
  setTags(tags: MetricTags): void;
  /** From now on what is recorded goes there too; returns how to take it away again. */
  addSink(sink: MetricsSink): () => void;
  /** Everything recorded since the beginning, summed by key and tags. */
  snapshot(): readonly MetricRow[];
  /** What was refused or did not fit, by reason. */
  dropped(): Readonly<Record<MetricDrop, number>>;
}

/**
 * Why something was not recorded, or recorded and not sent: too many keys and tags; a tag, key or value that
 * cannot be; a sink's queue was full, it threw, or it had not taken it by the deadline (by sample amounts).
 */
export type MetricDrop = 'cardinality' | 'illegal' | 'queue-full' | 'sink-failed' | 'deadline';

/** One key with its tags, since the beginning. */
export interface MetricRow {
  kind: MetricKind;
  key: string;
  tags: Readonly<Record<string, string>>;
  /** How often, what was sampled away made up for. */
  count: number;
  /** Of counters: the total. */
  sum: number;
  min: number;
  max: number;
  last: number;
}

/** What one key with its tags came to since the last flush. */
export interface MetricSample extends MetricRow {
  /** Of timings and distributions: some of the values, at most 256, evenly chosen. */
  values: readonly number[];
}

/** Where measurements are sent. Each sink is on its own: one that throws or hangs holds up no other. */
export interface MetricsSink {
  /** `statsd`; in metrics about metrics, and in messages. */
  readonly name: string;
  /** Takes a batch; the signal aborts at the deadline. A throw or rejection: the batch counts as failed. */
  send(batch: readonly MetricSample[], signal: AbortSignal): void | Promise<void>;
  /** For the very end of a process that leaves no time to wait: hands over what is left, synchronously. */
  sendNow?(batch: readonly MetricSample[]): void;
  /** After the last batch. */
  close?(): void | Promise<void>;
}
