import { withDeadline } from '../clock.ts';
import { reverseEdges } from '../graph.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { InstanceWatch } from '../run/instance-watch.ts';
import type { Instance } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';
import { inPhase } from './phase.ts';
import type { Watches } from './watches.ts';

// The report of an end may come a moment after the stop, or, from an engine in trouble, never.
const reportPatienceMs = 5000;

/**
 * Stops what is to be started although it runs, dependants before what they need, and gives the
 * services as they are then: what was seen of the run that ended is forgotten.
 */
export async function stopToRestart(
  kernel: Kernel,
  services: readonly PlannedService[],
  watches: Watches,
): Promise<PlannedService[]> {
  if (!services.some(runsAndStarts)) return [...services];
  const byName = new Map(services.map((planned) => [planned.service, planned]));
  const needs = Object.fromEntries(
    services.map(({ service, dependsOn }) => [service, dependsOn.map((need) => need.service)]),
  );
  const dependants = reverseEdges(needs);
  const stops = new Map<string, Promise<PlannedService>>();
  const stopInOrder = (service: string): Promise<PlannedService> => {
    const stop = stops.get(service) ?? afterDependants(service);
    stops.set(service, stop);
    return stop;
  };
  const afterDependants = async (service: string): Promise<PlannedService> => {
    await Promise.all((dependants[service] ?? []).map(stopInOrder));
    const planned = byName.get(service) as PlannedService;
    return runsAndStarts(planned) ? stopOne(kernel, planned, await watches.open(planned)) : planned;
  };
  return inPhase(kernel, { phase: 'stop' }, () =>
    Promise.all(services.map(({ service }) => stopInOrder(service))),
  );
}

async function stopOne(
  kernel: Kernel,
  planned: PlannedService,
  watch: InstanceWatch,
): Promise<PlannedService> {
  const { service, runKey, run } = planned;
  const instance = planned.instance as Instance;
  const runner = await kernel.runner(run.kind, service);
  const began = kernel.clock.monotonic();
  const ending = watchEnd(watch, instance);
  await runner.stop(instance, kernel);
  const endedAt = await ending.whenSeen(kernel);
  watch.forget(instance);
  kernel.events.emit({
    event: 'service-state',
    service,
    state: 'stopped',
    runner: runKey,
    elapsedMs: Math.round(kernel.clock.monotonic() - began),
  });
  const { health: _, ...lasting } = instance;
  const stopped = { ...lasting, status: 'exited' as const };
  return {
    ...planned,
    isKnownReady: false,
    instance: endedAt === undefined ? stopped : { ...stopped, endedAt },
  };
}

/** When the runner saw it end, by its own clock; undefined where that is not told. */
function watchEnd(watch: InstanceWatch, instance: Instance) {
  let leave = () => {};
  const ended = new Promise<number | undefined>((resolve) => {
    leave = watch.on(instance, (event) => {
      if (event.type === 'exited' && !event.willRestart) resolve(event.at);
      if (event.type === 'removed') resolve(undefined);
    });
  });
  return {
    async whenSeen({ clock, signal }: Kernel): Promise<number | undefined> {
      const late = () => new Error('its end was not reported');
      try {
        // Between two tries of its restart policy there is nothing that could end.
        if (instance.status === 'restarting') return undefined;
        return await withDeadline({ clock, ms: reportPatienceMs, signal }, () => ended, late);
      } catch {
        signal.throwIfAborted();
        return undefined;
      } finally {
        leave();
      }
    },
  };
}

const isRunning = ({ status }: Instance): boolean => status !== 'exited' && status !== 'created';

// What is paused cannot be started either.
const runsAndStarts = ({ action, instance }: PlannedService): boolean =>
  action === 'start' && instance !== undefined && isRunning(instance);
