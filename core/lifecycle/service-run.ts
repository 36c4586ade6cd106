import type { Clock } from '../clock.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { EventStream, Reason } from '../events.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { InstanceWatch } from '../run/instance-watch.ts';
import type { Instance, PrepareOptions, Runner } from '../run/runner.ts';
import type { TrackedService } from '../service/track-service.ts';

/** A service that does not start because of another; not its own failure. */
export class Skipped extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(reason.text);
    this.reason = reason;
  }
}

/** Everything one service needs on its way from plan to ready. */
export interface ServiceRun {
  planned: PlannedService;
  runner: Runner;
  tracked: TrackedService;
  clock: Clock;
  events: Pick<EventStream, 'emit'>;
  signal: AbortSignal;
  pull: PrepareOptions['pull'];
  /** Replaces every deadline of the readiness. */
  deadlineMs: number | undefined;
  /** What runs of it is replaced when its dependencies' conditions hold, and not ahead of them. */
  isPatient: boolean;
  /** Ahead of all else: makes reachable what it needs of this machine's processes and is not awaited ready. */
  openRoutes(): Promise<void>;
  /** When its readiness is proven: makes it reachable for who waits for that. */
  beforeReady(): Promise<void>;
  /** The start request; resolves when it came through. */
  start(instance: Instance): Promise<Instance>;
  /** Its start request came through. */
  onStarted(instance: Instance): void;
  /** What the runner reports; opened on first need, since a no-op needs none. */
  openWatch(): Promise<InstanceWatch>;
  /** Ends what runs of the service by another of its runs. */
  removeReplaced(): Promise<void>;
  /** Resolves when every dependency's condition holds; rejects with Skipped when one cannot. */
  conditions(): Promise<void>;
  /** Hooks and the service's own step, after its readiness and before its dependants. */
  onReady(instance: Instance): Promise<void>;
}

export type ServiceEnd =
  | { instance: Instance; error?: undefined }
  /** `leftover`: created, and not known to have started; `wasAsked`: its start was asked for. */
  | {
      instance?: Instance;
      error: DevServicesError | Skipped;
      leftover?: Instance;
      wasAsked?: boolean;
    };
