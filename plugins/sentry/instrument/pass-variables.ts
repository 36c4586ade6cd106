import type { ContainerFields, HookPayloads, ResolvedConfig, Run, Service } from 'devservices';
import { type Clock, systemClock, withDeadline } from 'devservices/machine';
import type { Instrument } from '../contract.ts';
import { readDsn } from '../dsn.ts';
import type { SdkSetup } from '../sdk-setup.ts';
import { takesTransactions } from '../sink-spec.ts';
import { namesOf } from './add-variables.ts';
import { readInstrument } from './read-instrument.ts';
import { seenFrom } from './seen-from.ts';

export interface PassRequest extends Pick<HookPayloads['beforeUp'], 'plan' | 'pass' | 'signal'> {
  services: Readonly<ResolvedConfig>['services'];
  setup: SdkSetup;
  clock?: Clock;
}

/**
 * Gives services what is of one start alone: the trace of this task where somebody is told of it, the
 * commit, and a DSN that the project has as its option. What is not known soon is left out.
 */
export async function passVariables(request: PassRequest): Promise<void> {
  const { plan, pass, services } = request;
  const found = Object.values(plan.services).flatMap(({ service, runKey }) => {
    const instrument = readInstrument(services[service]);
    const run = instrument && runOf(services[service], runKey);
    return run ? [{ service, instrument, run }] : [];
  });
  if (found.length === 0) return;
  const known = await askSetup(request);
  for (const { service, instrument, run } of found) {
    const given = variablesOf(known, { service, instrument });
    const own = new Set(namesOf((run as Partial<ContainerFields>).environment));
    const missing = Object.entries(given).flatMap(([name, value]) =>
      value === undefined || own.has(name) ? [] : [[name, seenFrom(run, value)] as const],
    );
    if (missing.length > 0) pass(service, Object.fromEntries(missing));
  }
}

interface Known {
  dsn: string | undefined;
  revision: string | undefined;
  traceOf(service: string): Readonly<Record<string, string>>;
}

async function askSetup(request: PassRequest): Promise<Known> {
  const { setup, signal, clock = systemClock } = request;
  // Options of the project may be in a database that is slow, or not there.
  const asked = { clock, ms: 1000, signal };
  const soon = <T>(work: Promise<T>): Promise<T | undefined> =>
    withDeadline(
      asked,
      () => work,
      () => undefined,
    ).catch(() => undefined);
  const [dsn, revision, sinks] = await Promise.all([
    soon(setup.dsn()),
    soon(setup.revision()),
    soon(setup.sinks()),
  ]);
  signal.throwIfAborted();
  const told = setup.options.dropTransactions ? undefined : sinks?.find(takesTransactions);
  const trace = told && setup.trace();
  if (!told || !trace?.isSampled) return { dsn, revision, traceOf: () => ({}) };
  const read = readDsn(told.dsn);
  const key = typeof read === 'string' ? undefined : read.publicKey;
  const baggage = trace.baggage(key);
  return {
    dsn,
    revision,
    traceOf: (service) => ({ SENTRY_TRACE: trace.header(service), SENTRY_BAGGAGE: baggage }),
  };
}

function variablesOf(
  { dsn, revision, traceOf }: Known,
  { service, instrument }: { service: string; instrument: Instrument | undefined },
): Readonly<Record<string, string | undefined>> {
  return {
    ...traceOf(service),
    SENTRY_RELEASE: instrument?.release === undefined ? revision : undefined,
    SENTRY_DSN: instrument?.dsn === undefined ? dsn : undefined,
  };
}

function runOf(service: Service | undefined, runKey: string): Run | undefined {
  const { run } = service ?? {};
  if (run === undefined) return undefined;
  return typeof run.kind === 'string'
    ? (run as Run)
    : (run as Readonly<Record<string, Run>>)[runKey];
}
