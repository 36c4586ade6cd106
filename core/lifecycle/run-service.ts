import { asError } from '../errors/as-error.ts';
import { joinsOf } from '../run/joins.ts';
import type { PlannedService } from '../plan/plan.ts';
import type { Instance } from '../run/runner.ts';
import { awaitCompleted, awaitReady, stillAnswers } from './await-service.ts';
import { inPhase } from './phase.ts';
import { type ServiceEnd, type ServiceRun, Skipped } from './service-run.ts';

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
      // What looked after them may have been killed since.
      if (existing.status !== 'exited') await run.openRoutes();
      return await confirm(run, existing);
    }
    const needsNew = planned.action === 'create' || planned.action === 'recreate';
    // What shares something of another's container can only be made when that is there.
    const isLate = joinsOf(planned.run).length > 0 || (run.isPatient && existing !== undefined);
    if (isLate) await run.conditions();
    await run.openRoutes();
    prepared = needsNew || !existing ? await prepare(run) : existing;
    // Of another kind, it stays until what replaces it is pulled and made.
    if (!isNameTaken(planned)) await run.removeReplaced();
    if (!isLate) await run.conditions();
    run.signal.throwIfAborted();
    tracked.enter({ state: 'starting' });
    wasAsked = true;
    started = await run.start(prepared);
    run.onStarted(started);
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

function prepare(run: ServiceRun): Promise<Instance> {
  const { planned, runner, tracked, events, signal, pull } = run;
  return inPhase(run, { phase: 'prepare', service: planned.service }, async () => {
    if (isNameTaken(planned)) await run.removeReplaced();
    return runner.prepare(planned, {
      pull,
      signal,
      onProgress(progress) {
        if (tracked.current.state === 'pending')
          tracked.enter({ state: 'pulling', image: progress.image });
        events.emit({ event: 'image-progress', ...progress });
      },
      ...(planned.instance ? { replaces: planned.instance } : {}),
    });
  });
}

// One runner has one instance of a service at a time.
function isNameTaken({ replaced, run }: PlannedService): boolean {
  return replaced.some(({ kind }) => kind === run.kind);
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
    await run.beforeReady();
    run.tracked.enter({ state: 'ready', instance: instance.id });
    return { instance };
  }
  return becomeReady(run, instance);
}

async function becomeReady(run: ServiceRun, instance: Instance): Promise<ServiceEnd> {
  const { tracked, planned } = run;
  const { service, isOneShot } = planned;
  tracked.enter({ state: 'running', instance: instance.id });
  const watched = { ...run, watch: await run.openWatch() };
  await inPhase(run, { phase: isOneShot ? 'complete' : 'ready', service }, () =>
    isOneShot ? awaitCompleted(watched, instance) : awaitReady(watched, instance),
  );
  await run.beforeReady();
  await run.onReady(instance);
  tracked.enter(
    isOneShot
      ? { state: 'completed', instance: instance.id, exitCode: 0 }
      : { state: 'ready', instance: instance.id },
  );
  return { instance };
}
