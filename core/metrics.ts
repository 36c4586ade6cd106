/**
 * Labels of a measurement, at most 32. Names are `[a-zA-Z][\w.-]{0,63}`, though not `event`, `project`, `group`,
 * nor anything that ends in `_id`: ids have ever new values. (`use_case_id` may be.) Values are cut to 200
 * characters, control characters in them become spaces, and a tag that is undefined is none.
 */
export type MetricTags = Readonly<Record<string, string | number | boolean>>;

/** What is counted and how it is labelled. */
export interface MetricOptions {
  /** Which of several of a kind: appended to the key, `pulls.redis`. A key is `[a-zA-Z][\w.-]{0,127}` with it. */
  instance?: string;
  /** Win over those of the scope, which win over those of all. */
  tags?: MetricTags;
  /** Default 1, never below 0. Only of `incr`. */
  amount?: number;
  /** From 0 to 1, default 1: how many of them are taken; what is taken stands for all. */
  sampleRate?: number;
}

export type MetricKind = 'counter' | 'gauge' | 'timing' | 'distribution';

/**
 * Counts and measures what happens. Nothing here blocks, and nothing throws into its caller: what is
 * refused or does not fit is dropped, and counted. Sent nowhere unless a plugin adds a sink. A key is of one
 * kind, that of its first measurement. With an illegal tag a measurement is refused where `NODE_ENV` is
 * `development` or `test`, and said once by key; elsewhere it goes without the tag.
 *
 * @example
 * metrics.incr('mails.sent', { tags: { queue: 'fast' } });
 * const rows = await metrics.timer('seed.rows', async (tags) => { tags.table = 'users'; return seed(); });
 */
export interface Metrics {
  incr(key: string, options?: MetricOptions): void;
  /** The last one counts. */
  gauge(key: string, value: number, options?: Omit<MetricOptions, 'amount'>): void;
  /** Milliseconds, never below 0. */
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
  /** Tags of everything from now on, besides those that were set before. */
  setTags(tags: MetricTags): void;
  /**
   * From now on what is recorded goes there too, every ten seconds, when 500 rows have changed, and when the
   * host closes, which waits a second at most for all of them. Returns how to take it away again: it gets what
   * was recorded until then, and is closed.
   */
  addSink(sink: MetricsSink): () => void;
  /** Everything recorded since the beginning, summed by key and tags. */
  snapshot(): readonly MetricRow[];
  /** What was refused or did not fit, by reason: of counters by amount, of others how often. */
  dropped(): Readonly<Record<MetricDrop, number>>;
}

/**
 * Why something was not recorded, or recorded and not sent: too many keys and tags; a tag, key or value that
 * cannot be; a sink's queue was full, it threw, or it had not taken it by the deadline (each sink's by itself).
 */
export type MetricDrop = 'cardinality' | 'illegal' | 'queue-full' | 'sink-failed' | 'deadline';

/** One key with its tags, since the beginning. */
export interface MetricRow {
  kind: MetricKind;
  key: string;
  tags: Readonly<Record<string, string>>;
  /** How often, what was sampled away made up for. */
  count: number;
  /** Of counters: the total. What was sampled away is made up for. */
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
  /**
   * Takes a batch; the next one comes when this one is done. The signal aborts after five seconds, or at the
   * end: it is counted as lost then, and must not be sent any more. A throw or rejection: it counts as failed.
   */
  send(batch: readonly MetricSample[], signal: AbortSignal): void | Promise<void>;
  /**
   * For the very end of a process that leaves no time to wait: hands over, synchronously, what `send` was not
   * given. How far a batch came that is under way, the sink knows by itself.
   */
  sendNow?(batch: readonly MetricSample[]): void;
  /** After the last batch, or when there is no time for more. */
  close?(): void | Promise<void>;
}
