import type { Clock } from '../clock.ts';
import { asError } from '../errors/as-error.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { EventStream, Reason } from '../events.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { InstanceWatch } from '../run/instance-watch.ts';
import type { Instance, PrepareOptions, Runner } from '../run/runner.ts';
import type { TrackedService } from '../service/track-service.ts';
import { awaitCompleted, awaitReady, stillAnswers } from './await-service.ts';

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
  /** What the runner reports; opened on first need, since a no-op needs none. */
  openWatch(): Promise<InstanceWatch>;
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

/** Takes one service to ready (or completed) and says how it ended; never rejects. */
export async function runService(run: ServiceRun): Promise<ServiceEnd> {
  const { planned, tracked } = run;
  let prepared: Instance | undefined;
  let started: Instance | undefined;
  let wasAsked = false;
  try {
    const existing = planned.instance;
    if (planned.action === 'unchanged' && existing) {
      started = existing;
      return await confirm(run, existing);
    }
    const needsNew = planned.action === 'create' || planned.action === 'recreate';
    prepared = needsNew || !existing ? await prepare(run) : existing;
    await run.conditions();
    run.signal.throwIfAborted();
    tracked.enter({ state: 'starting' });
    wasAsked = true;
    started = await run.runner.start(planned, prepared, run.signal);
    return await becomeReady(run, started);
  } catch (thrown) {
    const leftover =
      prepared && !started && prepared !== planned.instance ? { leftover: prepared, wasAsked } : {};
    const instance = started ? { instance: started } : {};
    if (thrown instanceof Skipped) {
      tracked.enter({ state: 'skipped', reason: thrown.reason });
      return { error: thrown, ...leftover, ...instance };
    }
    if (run.signal.aborted) return { error: asError(thrown), ...leftover, ...instance };
    const error = asError(thrown);
    tracked.enter({
      state: 'failed',
      reason: { code: error.code, text: error.message },
      ...(typeof error.facts['exitCode'] === 'number' ? { exitCode: error.facts['exitCode'] } : {}),
    });
    return { error, ...leftover, ...instance };
  }
}

async function prepare(run: ServiceRun): Promise<Instance> {
  const { planned, runner, tracked, events, signal, pull, clock } = run;
  const began = clock.monotonic();
  const phase = { phase: 'prepare', service: planned.service };
  events.emit({ event: 'phase-started', ...phase });
  let ok = false;
  try {
    const instance = await runner.prepare(planned, {
      pull,
      signal,
      onProgress(progress) {
        if (tracked.current.state === 'pending')
          tracked.enter({ state: 'pulling', image: progress.image });
        events.emit({ event: 'image-progress', ...progress });
      },
      ...(planned.instance ? { replaces: planned.instance } : {}),
    });
    ok = true;
    return instance;
  } finally {
    events.emit({
      event: 'phase-ended',
      ...phase,
      elapsedMs: Math.round(clock.monotonic() - began),
      ok,
    });
  }
}

async function confirm(run: ServiceRun, instance: Instance): Promise<ServiceEnd> {
  if (run.planned.isOneShot && instance.status === 'exited') {
    run.tracked.enter({
      state: 'completed',
      instance: instance.id,
      exitCode: instance.exitCode ?? 0,
    });
    return { instance };
  }
  if (run.planned.isKnownReady && (await stillAnswers(run, instance))) {
    run.tracked.enter({ state: 'ready', instance: instance.id });
    return { instance };
  }
  return becomeReady(run, instance);
}

async function becomeReady(run: ServiceRun, instance: Instance): Promise<ServiceEnd> {
  const { tracked, clock, events, planned } = run;
  tracked.enter({ state: 'running', instance: instance.id });
  const watched = { ...run, watch: await run.openWatch() };
  const began = clock.monotonic();
  const phase = { phase: run.planned.isOneShot ? 'complete' : 'ready', service: planned.service };
  events.emit({ event: 'phase-started', ...phase });
  let ok = false;
  const end = () => {
    const elapsedMs = Math.round(clock.monotonic() - began);
    events.emit({ event: 'phase-ended', ...phase, elapsedMs, ok });
  };
  try {
    if (run.planned.isOneShot) await awaitCompleted(watched, instance);
    else await awaitReady(watched, instance);
    ok = true;
  } finally {
    end();
  }
  await run.onReady(instance);
  tracked.enter(
    run.planned.isOneShot
      ? { state: 'completed', instance: instance.id, exitCode: 0 }
      : { state: 'ready', instance: instance.id },
  );
  return { instance };
}
