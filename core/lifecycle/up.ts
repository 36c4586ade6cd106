import { asError, throwAll } from '../errors/as-error.ts';
import { type DevServicesError, isDevServicesError } from '../errors/error.ts';
import type { ServiceReport } from '../events.ts';
import type { Plan, PlannedService } from '../plan/plan.ts';
import { Veto } from '../plugin/plugin-hooks.ts';
import type { Instance, PrepareOptions, Runner } from '../run/runner.ts';
import { trackService, type TrackedService } from '../service/track-service.ts';
import { amendPlan } from './amend-plan.ts';
import { lastLogLines } from './await-service.ts';
import { type Conditions, createConditions } from './conditions.ts';
import type { Kernel } from './kernel.ts';
import { createRelays, type Relays } from './relays.ts';
import { createReadyStep } from './ready-step.ts';
import { removeAll, removeLeftovers } from './remove-instances.ts';
import { reportServices } from './report-services.ts';
import { stopToRestart } from './stop-to-restart.ts';
import { runService } from './run-service.ts';
import type { ServiceEnd } from './service-run.ts';
import { tendRunners } from './tend-runners.ts';
import { watchReady } from './watch-ready.ts';
import { createWatches, type Watches } from './watches.ts';

export interface UpOptions {
  pull: PrepareOptions['pull'];
  /** Replaces every readiness's deadline. */
  waitTimeoutMs?: number | undefined;
  removeOrphans: boolean;
  /** Starts a service otherwise than its runner does; undefined: as that does. */
  startAs?(
    planned: PlannedService,
    instance: Instance,
    runner: Runner,
  ): Promise<Instance> | undefined;
  /** Told of each service that is started, as soon as it is. */
  onStarted?(service: string, instance: Instance): void;
  /** Told of each service that is ready or completed, as soon as it is. */
  onReady?(service: string): void;
  /** What runs is replaced when what it needs is ready, and not ahead: it stays where that fails. */
  isPatient?: boolean;
}

/** How a host follows a task that makes an `up` of its own. */
export interface UpTaps {
  /** Told of the `up` before it begins. */
  onUp(up: Up): void;
  /** Gives the checkout's lock up: nothing of it is changed any more. */
  unlock(): void;
  /** Takes secrets out of what is shown. */
  redact(text: string): string;
}

/** What a task did: one row a service, and everything that went wrong. */
export interface TaskOutcome {
  services: Readonly<Record<string, ServiceReport>>;
  errors: readonly DevServicesError[];
}

/** One `up`, step by step; each step once, in this order. */
export interface Up {
  /** As decided; `beforeUp` may amend it. */
  readonly plan: Plan;
  /** Lets plugins look, amend or veto, then says what will be done (`plan-made`). */
  beforeUp(): Promise<void>;
  /** Sets everything going; returns when each service was asked to start, or never will be. */
  start(): Promise<void>;
  /** Waits until each service is ready, completed, failed or skipped. */
  health(): Promise<void>;
  /** Calls `afterHealth`, if every selected service is ready. */
  afterHealth(): Promise<void>;
  /** What came of it so far. */
  outcome(): TaskOutcome;
}

/** Carries a plan out along its graph. */
export function createUp(kernel: Kernel, initial: Plan, options: UpOptions): Up {
  const { events, signal, hooks } = kernel;
  let plan = initial;
  const tracked = new Map<string, TrackedService>();
  const ends = new Map<string, ServiceEnd>();
  const errors: DevServicesError[] = [];
  /** Last log lines of who died after it was ready. */
  const reading: Promise<unknown>[] = [];
  let runs: Promise<unknown> = Promise.resolve();
  let isStarted = false;

  const run = async (
    planned: PlannedService,
    { watches, conditions, relays }: { watches: Watches; conditions: Conditions; relays: Relays },
  ): Promise<void> => {
    const { service } = planned;
    const runner = await kernel.runner(planned.run.kind, service);
    const own = tracked.get(service) as TrackedService;
    const isNoOp = planned.action === 'unchanged' && planned.isKnownReady;
    const end = await runService({
      planned,
      runner,
      tracked: own,
      clock: kernel.clock,
      events,
      signal,
      pull: options.pull,
      deadlineMs: options.waitTimeoutMs,
      isPatient: options.isPatient ?? false,
      async openRoutes() {
        await relays.openFrom(planned);
        if (planned.action !== 'unchanged' || planned.routes.length === 0) return;
        // It waits for nothing else, and whose failure that would be is told there.
        await conditions.hold(planned, signal).catch(() => signal.throwIfAborted());
        relays.assertOpen(service);
      },
      removeReplaced: async () => throwAll(await removeAll(kernel, planned.replaced)),
      start: (instance) =>
        options.startAs?.(planned, instance, runner) ?? runner.start(planned, instance, signal),
      onStarted: (instance) => options.onStarted?.(service, instance),
      openWatch: () => watches.open(planned),
      async conditions() {
        await conditions.hold(planned, signal);
        relays.assertOpen(service);
      },
      beforeReady: () => relays.openTo(service),
      onReady: async (instance) => {
        if (isNoOp) return;
        const payload = { service, endpoints: instance.endpoints, signal };
        if (hooks.isTapped('serviceReady', service))
          await hooks.call('serviceReady', payload, { service });
        await createReadyStep(kernel, planned)?.(payload);
      },
    });
    ends.set(service, end);
    if (end.error) {
      if (isDevServicesError(end.error) && !signal.aborted) errors.push(end.error);
    } else {
      kernel.state.recordReady(service, end.instance.generation);
      options.onReady?.(service);
      const watch = watches.opened(planned);
      if (watch) watchReady(watch, end.instance, { tracked: own, onEnd: noteEnd });
    }

    function noteEnd(failure: DevServicesError): void {
      const { instance } = end;
      if (!instance) return;
      const logs: string[] = [];
      const read = async () => logs.push(...(await lastLogLines({ ...kernel, runner }, instance)));
      Object.assign(failure.facts, { logs });
      errors.push(failure);
      reading.push(read());
      ends.set(service, { instance, error: failure });
    }
  };

  const start = async (): Promise<void> => {
    const services = Object.values(plan.services);
    isStarted = true;
    for (const { service, runKey } of services) {
      tracked.set(service, trackService({ service, runner: runKey, events, clock: kernel.clock }));
    }
    const active = services.filter(({ action }) => action !== 'skip');
    await tendRunners(kernel, active);
    const watches = await createWatches(kernel, active);
    const toStart = await stopToRestart(kernel, active, watches).catch((thrown: unknown) => {
      watches.close();
      throw thrown;
    });
    const conditions = createConditions(active, tracked);
    const relays = createRelays(kernel, active);
    const before = kernel.clock.monotonic();
    events.emit({ event: 'phase-started', phase: 'start' });
    const all = toStart.map(async (planned) => {
      try {
        await run(planned, { watches, conditions, relays });
      } catch (thrown) {
        // A record that cannot be written stops nobody, and is told.
        errors.push(asError(thrown));
      }
      conditions.settle(planned.service);
    });
    runs = (async () => {
      await Promise.all(all);
      watches.close();
      await Promise.all(reading);
      errors.push(...(await removeLeftovers(kernel, ends.values())));
      const elapsedMs = Math.round(kernel.clock.monotonic() - before);
      events.emit({ event: 'phase-ended', phase: 'start', elapsedMs, ok: errors.length === 0 });
    })();
    await Promise.race([conditions.allStarted(), runs]);
  };

  return {
    get plan() {
      return plan;
    },
    async beforeUp() {
      const amendments = amendPlan(plan);
      await hooks.call('beforeUp', {
        get plan() {
          return amendments.plan();
        },
        skip: amendments.skip,
        recreate: amendments.recreate,
        pass: amendments.pass,
        fail: (why: string) => {
          throw new Veto(why);
        },
        signal,
      });
      plan = amendments.plan();
      events.emit({
        event: 'plan-made',
        services: Object.fromEntries(
          Object.entries(plan.services).map(([name, { action, reason, runKey }]) => [
            name,
            { action, reason, runner: runKey },
          ]),
        ),
      });
    },
    start,
    async health() {
      await runs;
      signal.throwIfAborted();
      if (options.removeOrphans) errors.push(...(await removeAll(kernel, plan.orphans)));
    },
    async afterHealth() {
      if (errors.length > 0) return;
      const { services } = report();
      errors.push(...(await hooks.call('afterHealth', { services, signal })));
    },
    outcome: report,
  };

  function report(): TaskOutcome {
    // Before the start nothing was done that could be told.
    const services = isStarted ? reportServices(plan, tracked, ends) : {};
    return { services, errors };
  }
}
