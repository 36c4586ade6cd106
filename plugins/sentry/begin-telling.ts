import type { PluginContext, ResolvedConfig } from 'devservices';
import { type Clock, readVersion, reasonOf, systemClock, withDeadline } from 'devservices/machine';
import type { RunnerContext } from 'devservices/runner';
import { basename } from 'node:path';
import type { Captures } from './captures.ts';
import { configureSdk } from './configure-sdk.ts';
import type { SinkCounts } from './contract.ts';
import { findSdk } from './load-sdk.ts';
import type { LeaveRun } from './left-run.ts';
import type { HandOver } from './multiplex/unsent.ts';
import type { SentryOptions } from './options.ts';
import { readRevision } from './read-revision.ts';
import type { Reporter } from './reporter.ts';
import { sayWhy } from './say-why.ts';
import type { SdkSetup } from './sdk-setup.ts';
import type { SinkSpec } from './sink-spec.ts';

/** What a host tells, from `initialize` until it is closed. */
export interface Telling {
  readonly setup: SdkSetup;
  /** Names of the sinks, as soon as they are known. */
  readonly sinks: readonly string[];
  flush(timeoutMs: number): Promise<boolean>;
  counts(): Readonly<Record<string, SinkCounts>>;
  /** Tells what came of the task, and waits no longer than the options say. */
  close(): Promise<void>;
}

export interface TellingContext extends Pick<
  PluginContext<SentryOptions>,
  'options' | 'use' | 'log' | 'metrics' | 'events' | 'signal'
> {
  readonly fetch: typeof fetch;
  readonly env: Readonly<Record<string, string | undefined>>;
  place: RunnerContext;
  captures: Captures;
  config: Pick<ResolvedConfig, 'telemetry'>;
  task: string;
  clock?: Clock;
  handOver?: HandOver;
  leaveRun?: LeaveRun;
}

/** Settles who is told; whoever that is hears of everything that happens, from the first event on. */
export function beginTelling(context: TellingContext): Telling {
  const { options, task, config, place, log, env, clock = systemClock } = context;
  const release = `devservices@${readVersion()}`;
  const setup = configureSdk({
    options,
    task,
    telemetry: config.telemetry,
    release,
    log,
    env,
    askProjectDsn: () => askProjectDsn(context),
    readRevision: () => readRevision(place.root),
  });
  let names: readonly string[] = [];
  let reporter: Reporter | undefined;
  const begin = async (): Promise<void> => {
    const sinks = await setup.sinks();
    names = sinks.map(({ name }) => name);
    reporter = await beginReporting({ ...context, clock }, { setup, sinks, release });
    if (!reporter) context.captures.close();
  };
  const begun = begin().catch((thrown: unknown) => {
    log.debug(`Sentry is not told: ${reasonOf(thrown)}`);
  });

  return {
    setup,
    get sinks() {
      return names;
    },
    async flush(timeoutMs) {
      await begun;
      return reporter?.flush(timeoutMs) ?? true;
    },
    counts: () => reporter?.counts() ?? {},
    async close() {
      // A database that is asked for the DSN holds up nobody.
      const bound = { clock, ms: options.flushTimeout };
      await withDeadline(
        bound,
        () => begun,
        () => undefined,
      ).catch(() => {});
      await reporter?.close();
    },
  };
}

async function beginReporting(
  context: TellingContext & { clock: Clock },
  told: { setup: SdkSetup; sinks: readonly SinkSpec[]; release: string },
): Promise<Reporter | undefined> {
  const { place, log, env } = context;
  const { sinks } = told;
  if (sinks.length === 0) return undefined;
  try {
    const found = findSdk(
      place.root,
      sinks.map(({ name }) => name),
    );
    const { createReporter } = await import('./reporter.ts');
    const { CI = '' } = env;
    const tags = {
      checkout: basename(place.checkoutFolder).slice(0, 8),
      ...(CI === '' || CI === 'false' ? {} : { ci: 'true' }),
    };
    return createReporter({ ...context, ...told, found, tags });
  } catch (thrown) {
    sayWhy(log, thrown);
    return undefined;
  }
}

async function askProjectDsn({ use, place }: TellingContext): Promise<string | undefined> {
  const options = await use('projectOptions').catch(() => undefined);
  const { project } = place;
  const report = await options?.get({ projects: [project], keys: [key], asker: 'owner' });
  const value = report?.projects[project]?.[key]?.effective;
  return typeof value === 'string' ? value : undefined;
}

const key = 'sentry.dsn';
