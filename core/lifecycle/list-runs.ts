import { asError } from '../errors/as-error.ts';
import { bugErrors } from '../errors/catalogue/bug.ts';
import { runsOf } from '../plan/choose-runs.ts';
import { findAvailability as askRunner } from '../plan/find-availability.ts';
import type { Run } from '../run/run.ts';
import type { Availability } from '../run/runner.ts';
import { assertKnown } from './down.ts';
import type { Kernel } from './kernel.ts';

/** The ways in which a service can run, in its order of preference. */
export interface ServiceRuns {
  service: string;
  /** The one that this checkout keeps to; null before the first `up`. */
  pinned: string | null;
  runs: Readonly<Record<string, ListedRun>>;
}

export interface ListedRun {
  kind: string;
  isPinned: boolean;
  isAvailable: boolean;
  /** Why it is not available. */
  reason?: string;
}

/** Lists a service's runs; starts and changes nothing. Throws DS_SERVICE_UNKNOWN. */
export async function listRuns(kernel: Kernel, service: string): Promise<ServiceRuns> {
  const runs = runsOfService(kernel, service);
  kernel.state.reload();
  const keys = Object.keys(runs);
  const kept = kernel.state.pins[service];
  const pinned = keys.find((key) => key === kept) ?? (keys.length === 1 ? keys[0] : undefined);
  const listed = keys.map(async (key): Promise<[string, ListedRun]> => {
    const run = runs[key] as Run;
    const found = await findAvailability(kernel, { service, run }).catch((thrown: unknown) => ({
      available: false as const,
      error: asError(thrown),
    }));
    const base = { kind: run.kind, isPinned: key === pinned, isAvailable: found.available };
    return [key, found.available ? base : { ...base, reason: found.error.message }];
  });
  return { service, pinned: pinned ?? null, runs: Object.fromEntries(await Promise.all(listed)) };
}

/** Throws DS_SERVICE_UNKNOWN. */
export function runsOfService(kernel: Kernel, service: string): Readonly<Record<string, Run>> {
  const { config } = kernel;
  if (!config) {
    throw bugErrors.create('DS_BUG_INVARIANT', { what: 'runs are read without a configuration' });
  }
  assertKnown(kernel, [service], []);
  return runsOf(config.services[service]);
}

/** `awakens`: what it needs may be started, where that is agreed to. */
export async function findAvailability(
  kernel: Kernel,
  { service, run, awakens = false }: { service: string; run: Run; awakens?: boolean },
): Promise<Availability> {
  const runner = await kernel.runner(run.kind, service);
  return askRunner(kernel, { service, chosen: { run, runner }, awakens });
}
