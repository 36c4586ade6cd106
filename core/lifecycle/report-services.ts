import { reportError } from '../errors/report-error.ts';
import { isDevServicesError } from '../errors/error.ts';
import type { DoneAction, PlannedAction, Reason, ServiceReport, StateName } from '../events.ts';
import type { Plan, PlannedService } from '../plan/plan.ts';
import type { TrackedService } from '../service/track-service.ts';
import type { ServiceEnd } from './service-run.ts';

/** One row for each service that `up` was about, the left-out ones among them. */
export function reportServices(
  plan: Plan,
  tracked: ReadonlyMap<string, TrackedService>,
  ends: ReadonlyMap<string, ServiceEnd>,
): Record<string, ServiceReport> {
  const rows: Record<string, ServiceReport> = {};
  for (const [name, planned] of Object.entries(plan.services)) {
    rows[name] = reportOne(planned, tracked.get(name), ends.get(name));
  }
  for (const [name, reason] of Object.entries(plan.left)) {
    rows[name] = plainReport('skipped', 'skipped', reason);
  }
  return rows;
}

/** A row of a service of which nothing runs, or nothing more is known. */
export function plainReport(state: StateName, action: DoneAction, reason: Reason): ServiceReport {
  return { state, action, reason, runner: '', elapsedMs: 0, endpoints: {} };
}

const done: Readonly<Record<PlannedAction, DoneAction>> = {
  create: 'created',
  recreate: 'recreated',
  start: 'started',
  unchanged: 'unchanged',
  skip: 'skipped',
};

function reportOne(
  planned: PlannedService,
  tracked: TrackedService | undefined,
  end: ServiceEnd | undefined,
): ServiceReport {
  const state: StateName = tracked?.current.state ?? 'pending';
  const error = end?.error && isDevServicesError(end.error) ? end.error : undefined;
  const isUp = state === 'ready' || state === 'completed';
  // Ctrl-C came first: what was made for it is gone again.
  const isUntouched = state === 'pending' || state === 'pulling';
  const current = tracked?.current;
  return {
    state,
    action:
      state === 'failed'
        ? 'failed'
        : state === 'skipped' || isUntouched
          ? 'skipped'
          : done[planned.action],
    reason: isUntouched
      ? { code: 'not-started', text: 'was not started' }
      : current && 'reason' in current
        ? current.reason
        : planned.reason,
    runner: planned.runKey,
    elapsedMs: tracked?.elapsedMs ?? 0,
    endpoints: isUp ? endpointsOf(planned) : {},
    ...(error ? { error: reportError(error) } : {}),
  };
}

function endpointsOf({ ports }: PlannedService): ServiceReport['endpoints'] {
  return Object.fromEntries(
    ports.map((port) => [port.name, { host: port.interface ?? '127.0.0.1', port: port.host }]),
  );
}
