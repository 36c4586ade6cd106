declare module 'devservices' {
  interface Contracts {
    sentry: Sentry;
  }
  interface ServiceFields {
    /** What the service learns about where to send its errors and traces; true: as the plugin `sentry` says. */
    instrument?: boolean | Instrument;
  }
}

/** What a service learns by its environment. False leaves one out; `null`, as anywhere, takes back what a layer below says. */
export interface Instrument {
  /**
   * `SENTRY_DSN`. Default: the plugin's. Of another service by template, `http://KEY@{address.relay.http}/1`;
   * one of this machine's loopback is reached by containers as `host.docker.internal`.
   */
  dsn?: string | false | null;
  /** `SENTRY_RELEASE`. Default: the commit that is checked out, which is no change that has it made anew. */
  release?: string | false | null;
  /** `SENTRY_ENVIRONMENT`. Default: the plugin's. */
  environment?: string | false | null;
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: a URL, or the name of a service with a port `otlp` (or one port alone). */
  otlp?: string | false | null;
}

/** Takes what went wrong, and tells those whom the configuration names. */
export interface Sentry {
  /** Names of those who are told, in order; none where nothing is configured or telemetry is off. */
  readonly sinks: readonly string[];
  /** Returns at once and never throws; sent in the background. */
  captureException(thrown: unknown, capture?: Capture): void;
  captureMessage(text: string, capture?: Capture & { level?: CaptureLevel }): void;
  /** Waits until all that was captured is sent, at most so long; false where something is not. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Of each sink, since the beginning. */
  counts(): Readonly<Record<string, SinkCounts>>;
}

export type CaptureLevel = 'debug' | 'info' | 'warning' | 'error' | 'fatal';

/** How one thing that is captured is told. */
export interface Capture {
  tags?: Readonly<Record<string, string>>;
  /** Who is told might cause it again, as an ingest of one's own would: `upstream` alone is told. */
  isUnsafe?: boolean;
  /** Of the project that takes what goes wrong in the taking itself: `upstream` alone is told. */
  isInternal?: boolean;
}

/** Why an envelope, or items of it, did not get to a sink. */
export type SinkDrop =
  /** Of its kind of item, none or not all go there. */
  | 'filtered'
  | 'sample-rate'
  /** Only `upstream` may be told of it. */
  | 'unsafe'
  | 'kill-switch'
  | 'queue-full'
  /** The sink has said that it takes none for now. */
  | 'rate-limited'
  /** It could not be reached, or answered with an error. */
  | 'failed'
  /** The process ended first. */
  | 'deadline';

/** What became of the envelopes that a sink was to get. */
export interface SinkCounts {
  /** Offered to it. */
  captured: number;
  /** Taken by it: answered with 2xx. */
  sent: number;
  /** Left to a process of its own at the end, as no time was left. */
  handedOver: number;
  dropped: Readonly<Record<SinkDrop, number>>;
}
