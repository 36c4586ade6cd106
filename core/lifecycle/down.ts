import { asError } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
import { reportError } from '../errors/report-error.ts';
import type { ServiceReport } from '../events.ts';
import { reverseEdges } from '../graph.ts';
import type { Instance, OwnedData, Runner } from '../run/runner.ts';
import { edgesOf } from '../selection.ts';
import type { Kernel } from './kernel.ts';
import { type Found, observeReachable } from './observe.ts';
import { plainReport } from './report-services.ts';
import type { TaskOutcome } from './up.ts';

export interface DownOptions {
  /** Empty: everything of the project. */
  services?: readonly string[];
  /** With named services: also instances that the configuration no longer knows. */
  removeOrphans?: boolean;
  /** Removed as well, after their services (`rm`, `reset`). */
  data?: readonly OwnedData[];
}

/** Stops and removes, dependants before what they need; named data stays unless it is given. */
export async function takeDown(kernel: Kernel, options: DownOptions): Promise<TaskOutcome> {
  const { hooks, config, signal } = kernel;
  const runners = await kernel.runners();
  const { found, unseen } = await observeReachable(kernel, runners);
  const { services: named = [], data = [] } = options;
  assertKnown(kernel, named, [...found.map(({ instance }) => instance), ...data]);
  const isOrphan = (name: string) => !Object.hasOwn(kernel.config?.services ?? {}, name);
  const going = found.filter(
    ({ instance: { service } }) =>
      named.length === 0 || named.includes(service) || (options.removeOrphans && isOrphan(service)),
  );
  const services = [...new Set(going.map(({ instance }) => instance.service))];
  const errors: DevServicesError[] = [
    ...(await hooks.call('beforeDown', { services, config, signal })),
  ];

  const reports: Record<string, ServiceReport> = {};
  for (const name of named)
    reports[name] = plainReport('stopped', 'unchanged', { code: 'absent', text: 'was not there' });
  await removeInOrder(kernel, going, (instance, elapsedMs, error) => {
    if (error) errors.push(error);
    reports[instance.service] = {
      ...(error
        ? plainReport('failed', 'failed', { code: error.code, text: error.message })
        : plainReport('stopped', 'removed', { code: 'asked', text: 'stopped and removed' })),
      runner: instance.runKey,
      elapsedMs,
      ...(error ? { error: reportError(error) } : {}),
    };
  });
  const removals = data
    // Whoever could not be stopped still uses it.
    .filter(({ service }) => reports[service]?.state !== 'failed')
    .map(async (one) => {
      await removeData(runners, one, signal);
      reports[one.service] = withLoss(reports[one.service], one);
    });
  // What could not be looked at may still be there: that the rest is gone is no success.
  errors.push(...unseen.map(({ error }) => error));
  const rest = found.length - going.length + unseen.length;
  errors.push(
    ...(await settleAll(removals)),
    ...(rest === 0
      ? await settleAll(runners.map((runner) => runner.dropProject(kernel.project, signal)))
      : []),
    ...(await hooks.call('afterDown', { services, config, signal })),
  );
  return { services: reports, errors };
}

/** Throws DS_SERVICE_UNKNOWN for what is neither in the configuration nor there. */
export function assertKnown(
  { config }: Kernel,
  named: readonly string[],
  there: readonly { service: string }[],
): void {
  const known = new Set([
    ...Object.keys(config?.services ?? {}),
    ...there.map(({ service }) => service),
  ]);
  const names = named.filter((name) => !known.has(name));
  if (names.length > 0) {
    throw serviceErrors.create('DS_SERVICE_UNKNOWN', { names, known: [...known] });
  }
}

async function removeInOrder(
  kernel: Kernel,
  going: readonly Found[],
  done: (instance: Instance, elapsedMs: number, error?: DevServicesError) => void,
): Promise<void> {
  const { signal, clock, events } = kernel;
  const names = new Set(going.map(({ instance }) => instance.service));
  const needs = edgesOf(kernel.config?.services, names);
  const dependants = reverseEdges(needs);
  const gone = new Map<string, Promise<void>>();
  const removeService = (service: string): Promise<void> => {
    const known = gone.get(service);
    if (known) return known;
    const removal = (async () => {
      await Promise.all((dependants[service] ?? []).map(removeService));
      const own = going.filter(({ instance }) => instance.service === service);
      await Promise.all(
        own.map(async ({ runner, instance }) => {
          const began = clock.monotonic();
          const elapsed = () => Math.round(clock.monotonic() - began);
          try {
            if (instance.status !== 'exited' && instance.status !== 'created') {
              await runner.stop(instance, { signal });
            }
            await runner.remove(instance, signal);
            events.emit({
              event: 'service-state',
              service,
              state: 'stopped',
              runner: instance.runKey,
              elapsedMs: elapsed(),
            });
            done(instance, elapsed());
          } catch (thrown) {
            if (signal.aborted) throw thrown;
            done(instance, elapsed(), asError(thrown));
          }
        }),
      );
    })();
    gone.set(service, removal);
    return removal;
  };
  await Promise.all(Object.keys(needs).map(removeService));
}

function withLoss(row: ServiceReport | undefined, { name }: OwnedData): ServiceReport {
  const reason = { code: 'asked', text: 'its data was removed' };
  const isGone = row?.action === 'removed';
  return {
    ...(row && isGone ? row : plainReport('stopped', 'removed', reason)),
    data: [...(row?.data ?? []), name].toSorted((left, right) => left.localeCompare(right)),
  };
}

async function removeData(
  runners: readonly Runner[],
  data: OwnedData,
  signal: AbortSignal,
): Promise<void> {
  const owner = runners.find(({ kind }) => kind === data.kind);
  await owner?.removeData(data, signal);
}

async function settleAll(work: readonly Promise<void>[]): Promise<DevServicesError[]> {
  const ends = await Promise.allSettled(work);
  return ends.flatMap((end) => (end.status === 'rejected' ? asError(end.reason) : []));
}
