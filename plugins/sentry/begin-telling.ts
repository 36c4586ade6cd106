import type { PluginContext, ResolvedConfig } from 'devservices';
import { readVersion } from 'devservices/machine';
import type { RunnerContext } from 'devservices/runner';
import type { Captures } from './captures.ts';
import { configureSdk } from './configure-sdk.ts';
import type { SinkCounts } from './contract.ts';
import type { SentryOptions } from './options.ts';
import { readRevision } from './read-revision.ts';
import type { SdkSetup } from './sdk-setup.ts';

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
  config: Readonly<ResolvedConfig>;
  task: string;
}

/** Settles who is told; whoever that is hears of everything that happens, from the first event on. */
export function beginTelling(context: TellingContext): Telling {
  const { options, task, config, place, log, env } = context;
  const setup = configureSdk({
    options,
    task,
    telemetry: config.telemetry,
    release: `devservices@${readVersion()}`,
    log,
    env,
    askProjectDsn: () => askProjectDsn(context),
    readRevision: () => readRevision(place.root),
  });
  return {
    setup,
    sinks: [],
    flush: () => Promise.resolve(true),
    counts: () => ({}),
    close: () => Promise.resolve(),
  };
}

async function askProjectDsn({ use, place }: TellingContext): Promise<string | undefined> {
  const options = await use('projectOptions').catch(() => undefined);
  const { project } = place;
  const report = await options?.get({ projects: [project], keys: [key], asker: 'owner' });
  const value = report?.projects[project]?.[key]?.effective;
  return typeof value === 'string' ? value : undefined;
}

const key = 'sentry.dsn';
