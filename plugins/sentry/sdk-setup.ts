import type { SentryOptions } from './options.ts';
import type { SinkSpec } from './sink-spec.ts';
import type { TraceContext } from './trace/trace-context.ts';

/** What `initialize` settles for the rest of a host's life. Nothing here rejects. */
export interface SdkSetup {
  readonly options: SentryOptions;
  /** The task that the host is there for. */
  readonly task: string;
  /** Whether anything may be sent at all. */
  readonly telemetry: boolean;
  /** Who is told, `upstream` first; none where telemetry is off. */
  sinks(): Promise<readonly SinkSpec[]>;
  /** The DSN of `upstream`, also where telemetry is off: services may have it all the same. */
  dsn(): Promise<string | undefined>;
  /** Made at the first asking. */
  trace(): TraceContext;
  /** The commit that is checked out; undefined where none is. Read once. */
  revision(): Promise<string | undefined>;
}
