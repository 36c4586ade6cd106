import type { Logger } from 'devservices/runner';
import type { SentryOptions } from './options.ts';
import { readDsn } from './dsn.ts';
import { resolveSinks, sinkOf } from './resolve-sinks.ts';
import type { SdkSetup } from './sdk-setup.ts';
import type { SinkSpec } from './sink-spec.ts';
import { createTraceContext, type TraceContext } from './trace/trace-context.ts';

export interface SdkQuestion {
  options: SentryOptions;
  task: string;
  /** Of the configuration: false where nothing may be sent. */
  telemetry: boolean;
  /** `devservices@0.1.0` */
  release: string;
  log: Logger;
  env: Readonly<Record<string, string | undefined>>;
  /** The project's option `sentry.dsn`; undefined where there is none, or nobody keeps options. */
  askProjectDsn(): Promise<string | undefined>;
  readRevision(): Promise<string | undefined>;
}

/**
 * Decides who is told: the sinks of the options, else the DSN that the project has as its option, else
 * nobody. Asks at once and waits for nothing.
 */
export function configureSdk(question: SdkQuestion): SdkSetup {
  const { options, task, telemetry, release, env } = question;
  const own = resolveSinks(options);
  const project = own.length > 0 ? Promise.resolve(undefined) : askProject(question);
  const all: Promise<readonly SinkSpec[]> =
    own.length > 0
      ? Promise.resolve(own)
      : project.then((dsn) => (dsn === undefined ? [] : [sinkOf({ name: 'upstream', dsn })]));

  let trace: TraceContext | undefined;
  let revision: Promise<string | undefined> | undefined;
  return {
    options,
    task,
    telemetry,
    sinks: async () => (telemetry ? all : []),
    dsn: async () => (await all).find(({ name }) => name === 'upstream')?.dsn,
    trace: () =>
      (trace ??= createTraceContext({
        sampleRate: options.tracesSampleRate,
        environment: options.environment,
        release,
        continued: options.continueTrace
          ? { trace: env['SENTRY_TRACE'], baggage: env['SENTRY_BAGGAGE'] }
          : undefined,
      })),
    revision: () => (revision ??= question.readRevision().catch(() => undefined)),
  };
}

async function askProject({ log, askProjectDsn }: SdkQuestion): Promise<string | undefined> {
  try {
    const dsn = await askProjectDsn();
    if (dsn === undefined || dsn === '') return undefined;
    const problem = readDsn(dsn);
    if (typeof problem !== 'string') return dsn;
    log.debug(`The project's option sentry.dsn is not used: ${problem}.`);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    log.debug(`The project's option sentry.dsn could not be read, and nothing is sent: ${reason}`);
  }
  return undefined;
}
