import { asError } from '../errors/as-error.ts';
import type { PlannedService } from '../plan/plan.ts';
import { type InstanceWatch, watchInstances } from '../run/instance-watch.ts';
import type { Kernel } from './kernel.ts';

/** One watch a runner, opened where something can happen; a no-op needs none. */
export interface Watches {
  /** Opens the watch that the service needs, if there is none yet. */
  open(planned: PlannedService): Promise<InstanceWatch>;
  /** The watch that is open already. */
  opened(planned: PlannedService): InstanceWatch | undefined;
  close(): void;
}

/** Watches and networks for all that is going to move, before any of it does. */
export async function createWatches(
  kernel: Kernel,
  services: readonly PlannedService[],
): Promise<Watches> {
  const pending = new Map<string, Promise<InstanceWatch>>();
  const ready = new Map<string, InstanceWatch>();
  const open = (planned: PlannedService): Promise<InstanceWatch> => {
    const { kind } = planned.run;
    const watching = pending.get(kind) ?? openOne(kernel, planned);
    pending.set(kind, watching);
    return watching.then((watch) => {
      ready.set(kind, watch);
      return watch;
    });
  };
  const watches: Watches = {
    async open(planned) {
      const isOpen = ready.has(planned.run.kind);
      const watch = await open(planned);
      if (!isOpen) await lookAgain(kernel, watch, [planned]);
      return watch;
    },
    opened: ({ run: { kind } }) => ready.get(kind),
    close() {
      for (const watch of ready.values()) watch.close();
    },
  };
  const isMoving = ({ action, isKnownReady }: PlannedService) =>
    action !== 'unchanged' || !isKnownReady;
  const moving = services.filter(isMoving);
  const byKind = new Map(moving.map((planned) => [planned.run.kind, planned]));
  try {
    await Promise.all([...byKind.values()].map((one) => begin(kernel, one, open)));
  } catch (thrown) {
    watches.close();
    throw thrown;
  }
  for (const [kind, watch] of ready) {
    const unchanged = moving.filter(
      ({ action, run }) => action === 'unchanged' && run.kind === kind,
    );
    if (unchanged.length > 0) void lookAgain(kernel, watch, unchanged);
  }
  return watches;
}

async function openOne(kernel: Kernel, { run, service }: PlannedService): Promise<InstanceWatch> {
  const runner = await kernel.runner(run.kind, service);
  return watchInstances(runner, kernel.project, kernel.signal);
}

async function begin(
  kernel: Kernel,
  planned: PlannedService,
  open: (planned: PlannedService) => Promise<InstanceWatch>,
): Promise<void> {
  const runner = await kernel.runner(planned.run.kind, planned.service);
  await Promise.all([runner.ensureProject(kernel.project, kernel.signal), open(planned)]);
}

// What ended between the look of the plan and the beginning of the watch was reported to nobody.
async function lookAgain(
  kernel: Kernel,
  watch: InstanceWatch,
  services: readonly PlannedService[],
): Promise<void> {
  const [{ run, service } = { run: { kind: '' }, service: '' }] = services;
  try {
    const runner = await kernel.runner(run.kind, service);
    const { instances } = await runner.observe(kernel.project, kernel.signal);
    for (const { service: name, instance } of services) {
      if (!instance) continue;
      const { id } = instance;
      const now = instances.find((one) => one.id === id);
      if (!now) watch.tell({ type: 'removed', service: name, id });
      else if (now.status === 'exited') {
        const { exitCode } = now;
        const code = exitCode === undefined ? {} : { exitCode };
        watch.tell({ type: 'exited', service: name, id, ...code, willRestart: false });
      }
    }
  } catch (thrown) {
    if (!kernel.signal.aborted) watch.tell({ type: 'lost', error: asError(thrown) });
  }
}
