import { orAborted } from '../clock.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { TrackedService } from '../service/track-service.ts';
import { Skipped } from './service-run.ts';

type Condition = 'started' | 'ready' | 'completed';

/** Who waits for what: a condition's event is at once the start of whoever waited for it last. */
export interface Conditions {
  /** Resolves when all of a service's dependencies are as it wants them; rejects with Skipped. */
  hold(planned: PlannedService, signal: AbortSignal): Promise<void>;
  /** Says that a service has come to its end, good or bad. */
  settle(service: string): void;
  /** Resolves when every service was asked to start or never will be. */
  allStarted(): Promise<void>;
}

export function createConditions(
  services: readonly PlannedService[],
  tracked: ReadonlyMap<string, TrackedService>,
): Conditions {
  const inPlan = new Set(services.map(({ service }) => service));
  const settled = new Set<string>();
  const waiters = new Map<string, Set<() => void>>();
  const started = new Map([...inPlan].map((service) => [service, createDeferred()]));
  const listen = (service: string, look: () => void): void => {
    waiters.set(service, (waiters.get(service) ?? new Set()).add(look));
  };

  for (const service of inPlan) {
    tracked.get(service)?.onChange(() => notify(service));
  }

  function notify(service: string): void {
    const name = tracked.get(service)?.current.state;
    if (name !== 'pending' && name !== 'pulling') started.get(service)?.resolve();
    for (const look of waiters.get(service) ?? []) look();
  }

  const waitFor = (service: string, condition: Condition, required: boolean): Promise<void> => {
    if (!inPlan.has(service)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const look = () => {
        const name = tracked.get(service)?.current.state ?? 'pending';
        if (holds(name, condition)) resolve();
        else if (isOver(name)) {
          if (required) reject(skippedFor(service, name));
          else resolve();
        } else if (settled.has(service) && required) {
          reject(new Skipped({ code: 'dependency-failed', text: `${service} did not come up` }));
        }
      };
      listen(service, look);
      look();
    });
  };

  return {
    async hold({ dependsOn }, signal) {
      const waits = dependsOn.map(({ service, condition, required }) =>
        waitFor(service, condition, required),
      );
      await orAborted(Promise.all(waits), signal);
      // Who was ready first may have died while the others were waited for.
      for (const { service, required } of dependsOn) {
        const state = tracked.get(service)?.current.state;
        if (required && isOver(state) && inPlan.has(service)) throw skippedFor(service, state);
      }
    },
    settle: (service) => {
      settled.add(service);
      started.get(service)?.resolve();
      notify(service);
    },
    async allStarted() {
      await Promise.all([...started.values()].map(({ promise }) => promise));
    },
  };
}

function holds(state: string, condition: Condition): boolean {
  if (condition === 'completed') return state === 'completed';
  if (condition === 'ready') return state === 'ready' || state === 'completed';
  return ['running', 'ready', 'unhealthy', 'completed'].includes(state);
}

interface Deferred {
  promise: Promise<void>;
  resolve(): void;
}

// Promise.withResolvers is not in Node 20.
function createDeferred(): Deferred {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: () => resolve() };
}

type Over = 'failed' | 'skipped' | 'stopped';

const isOver = (state: string | undefined): state is Over =>
  state === 'failed' || state === 'skipped' || state === 'stopped';

function skippedFor(service: string, state: Over): Skipped {
  const text = `${service} ${state === 'failed' ? 'failed' : `was ${state}`}`;
  return new Skipped({ code: 'dependency-failed', text });
}
