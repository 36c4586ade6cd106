import { withDeadline } from '../clock.ts';
import { formatDuration } from '../duration.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { Readiness } from '../readiness/readiness.ts';
import { attemptOnce, NotReadyError, type Probe, waitReady } from '../readiness/wait-ready.ts';
import type { Instance } from '../run/runner.ts';
import { createExitError, findNote, type InstanceEnd, isCrashLoop } from './exit-error.ts';
import {
  createReadinessSource,
  lastCheck,
  onAbort,
  probeOf,
  type WatchedRun,
} from './readiness-source.ts';
import type { ServiceRun } from './service-run.ts';

const shownLogLines = 20;
const logPatienceMs = 5000;

/** Waits for the readiness; fails at once when the service ends and is not started again. */
export async function awaitReady(run: WatchedRun, instance: Instance): Promise<void> {
  const { planned, clock } = run;
  const own = new AbortController();
  const signal = AbortSignal.any([run.signal, own.signal]);
  let lastProbe: string | undefined;
  const exit = whenExited(run, instance, 'ready', signal);
  try {
    await Promise.race([
      waitReady({
        readiness: planned.readiness,
        source: createReadinessSource(run, instance),
        clock,
        signal,
        deadlineMs: run.deadlineMs,
        onFailedAttempt(attempt, text) {
          lastProbe = text;
          run.events.emit({ event: 'probe-failed', service: planned.service, attempt, text });
        },
      }),
      exit,
    ]);
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    throw await explain(run, instance, thrown, lastProbe);
  } finally {
    own.abort(new Error('the wait is over'));
  }
}

/** Waits for a one-shot to end with 0. */
export async function awaitCompleted(run: WatchedRun, instance: Instance): Promise<void> {
  const own = new AbortController();
  const signal = AbortSignal.any([run.signal, own.signal]);
  try {
    const ended = whenExited(run, instance, 'completed', signal);
    // A migration may take its time: only who asks for a limit gets one.
    const ms = run.deadlineMs;
    if (ms === undefined) await ended;
    else {
      const late = () => new NotReadyError(ms, 'it has not ended');
      await withDeadline({ ...run, ms, signal }, () => ended, late);
    }
  } catch (thrown) {
    if (run.signal.aborted) throw thrown;
    if (thrown instanceof ExitedError && thrown.end.exitCode === 0) return;
    throw await explain(run, instance, thrown, undefined);
  } finally {
    own.abort(new Error('the wait is over'));
  }
}

/** One attempt of each host-side probe of a service that was seen ready; true where there is none. */
export async function stillAnswers(run: ServiceRun, instance: Instance): Promise<boolean> {
  const source = { probe: probeOf(run, instance) };
  const attempts = await Promise.all(
    hostSideProbes(run.planned.readiness).map((probe) => attemptOnce({ ...run, source }, probe)),
  );
  return attempts.every(({ ok }) => ok);
}

function hostSideProbes(readiness: Readiness): Probe[] {
  if (readiness.kind === 'all') return readiness.of.flatMap(hostSideProbes);
  return readiness.kind === 'http' || readiness.kind === 'port' ? [readiness] : [];
}

class ExitedError extends Error {
  readonly end: InstanceEnd;
  readonly awaited: string;

  constructor(end: InstanceEnd, awaited: string) {
    super('it ended');
    this.end = end;
    this.awaited = awaited;
  }
}

/** Rejects when the instance ended for good, ended too often or is gone; never resolves. */
function whenExited(
  { watch, planned }: WatchedRun,
  instance: Instance,
  awaited: string,
  signal: AbortSignal,
): Promise<never> {
  const { service } = planned;
  const ended = new Promise<never>((_, reject) => {
    let exits = 0;
    const off = watch.on(instance, (event) => {
      if (event.type === 'removed' || (event.type === 'exited' && event.isRemoval)) {
        reject(serviceErrors.create('DS_SERVICE_REMOVED', { service }));
      } else if (event.type === 'exited') {
        const { exitCode, willRestart } = event;
        exits += 1;
        const end = { exitCode, exits, willRestart };
        if (!willRestart || isCrashLoop(end)) reject(new ExitedError(end, awaited));
      } else if (event.type === 'lost') {
        reject(event.error);
      }
    });
    onAbort(signal, () => {
      off();
      reject(signal.reason);
    });
  });
  // Whoever races with it may be done first.
  ended.catch(() => {});
  return ended;
}

/** Turns what ended the wait into an error that explains itself: last attempt and last log lines. */
async function explain(
  run: ServiceRun,
  instance: Instance,
  thrown: unknown,
  lastProbe: string | undefined,
): Promise<unknown> {
  const { service } = run.planned;
  const logs = await lastLogLines(run, instance);
  const seen = { logs, ...(lastProbe === undefined ? {} : { lastProbe }) };
  if (thrown instanceof ExitedError) {
    const { end, awaited } = thrown;
    const note = await findNote(run, instance, end);
    return withFacts(createExitError(end, { service, awaited, note }), seen);
  }
  if (thrown instanceof NotReadyError) {
    // A healthcheck that has not failed often enough is news to nobody until now.
    const said =
      lastProbe === undefined && hasHealthcheck(run.planned.readiness)
        ? await lastCheck(run.runner, instance, run.signal)
        : undefined;
    const facts = {
      service,
      waited: formatDuration(thrown.waitedMs),
      lastProbe: said ?? thrown.lastProbe,
    };
    return withFacts(serviceErrors.create('DS_SERVICE_NOT_READY', facts, thrown), {
      ...seen,
      ...(said === undefined ? {} : { lastProbe: said }),
    });
  }
  return thrown;
}

function hasHealthcheck(readiness: Readiness): boolean {
  if (readiness.kind === 'all') return readiness.of.some(hasHealthcheck);
  return readiness.kind === 'healthcheck';
}

function withFacts(error: DevServicesError, facts: Record<string, unknown>): DevServicesError {
  Object.assign(error.facts, facts);
  return error;
}

/** The last lines of a service's log; none where they cannot be had soon. */
export async function lastLogLines(
  { runner, signal, clock }: Pick<ServiceRun, 'runner' | 'signal' | 'clock'>,
  instance: Instance,
): Promise<string[]> {
  const lines: string[] = [];
  const read = async (own: AbortSignal) => {
    const log = runner.logs(instance, { follow: false, tail: shownLogLines, signal: own });
    for await (const { text } of log) lines.push(text);
  };
  try {
    await withDeadline({ clock, ms: logPatienceMs, signal }, read, () => new Error('too slow'));
  } catch {
    // What explains a failure must not become another one.
  }
  return lines;
}
