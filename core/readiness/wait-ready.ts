import { type Clock, withDeadline } from '../clock.ts';
import { type Duration, formatDuration, resolveDuration } from '../duration.ts';
import { reasonOf } from '../errors/as-error.ts';
import type { Readiness } from './readiness.ts';

/** What one attempt found out. */
export type Attempt = { ok: true } | { ok: false; text: string };

/** A readiness that asks again and again. */
export type Probe = Extract<Readiness, { kind: 'http' | 'port' | 'command' }>;

/** How the service is asked; made by the service's run from its runner. */
export interface ReadinessSource {
  probe(probe: Probe, signal: AbortSignal): Promise<Attempt>;
  /** Resolves when the log has shown `times` matching lines since this start. */
  logMatch(pattern: RegExp, times: number, signal: AbortSignal): Promise<void>;
  /**
   * Resolves when the engine calls this generation healthy; `onUnhealthy` is told when it does not, with
   * what its healthcheck printed.
   */
  healthy(signal: AbortSignal, onUnhealthy: (text: string) => void): Promise<void>;
}

export interface ReadinessWait {
  readiness: Readiness;
  source: ReadinessSource;
  clock: Clock;
  signal: AbortSignal;
  /** Replaces every `deadline` of the readiness. */
  deadlineMs?: number | undefined;
  onFailedAttempt(attempt: number, text: string): void;
}

/** The wait is over and the service is not ready; `lastProbe` says what the last attempt met. */
export class NotReadyError extends Error {
  readonly waitedMs: number;
  readonly lastProbe: string;

  constructor(waitedMs: number, lastProbe: string) {
    super(`not ready after ${formatDuration(waitedMs)}: ${lastProbe}`);
    this.waitedMs = waitedMs;
    this.lastProbe = lastProbe;
  }
}

const defaults = {
  firstPauseMs: 20,
  growth: 1.5,
  intervalMs: 1000,
  timeoutMs: 5000,
  deadlineMs: 60_000,
};

/** Resolves as soon as the readiness holds; rejects with NotReadyError when its deadline has passed. */
export async function waitReady(wait: ReadinessWait): Promise<void> {
  const { readiness } = wait;
  switch (readiness.kind) {
    case 'none':
      return;
    case 'all': {
      const end = new AbortController();
      const signal = AbortSignal.any([wait.signal, end.signal]);
      try {
        await Promise.all(
          readiness.of.map((one) => waitReady({ ...wait, readiness: one, signal })),
        );
      } finally {
        end.abort(new Error('another part of the readiness failed'));
      }
      return;
    }
    case 'log':
      return waitOnce(wait, readiness, `no line matched /${readiness.pattern}/`, (signal) =>
        wait.source.logMatch(
          new RegExp(readiness.pattern, readiness.flags),
          readiness.times ?? 1,
          signal,
        ),
      );
    case 'healthcheck':
      return waitOnce(wait, readiness, 'its healthcheck has not passed', (signal, onFailed) =>
        wait.source.healthy(signal, onFailed),
      );
    case 'http':
    case 'port':
    case 'command':
      return probeUntilReady(wait, readiness);
    default:
      return readiness satisfies never;
  }
}

function waitOnce(
  wait: ReadinessWait,
  readiness: { deadline?: Duration },
  expected: string,
  work: (signal: AbortSignal, onFailed: (text: string) => void) => Promise<void>,
): Promise<void> {
  const ms = wait.deadlineMs ?? msOf(readiness.deadline, defaults.deadlineMs);
  let last = expected;
  let failures = 0;
  const onFailed = (text: string): void => {
    last = text;
    failures += 1;
    wait.onFailedAttempt(failures, text);
  };
  return withDeadline(
    { ...wait, ms },
    (signal) => work(signal, onFailed),
    () => new NotReadyError(ms, last),
  );
}

async function probeUntilReady(wait: ReadinessWait, probe: Probe): Promise<void> {
  const startPeriodMs = msOf(probe.startPeriod, 0);
  const ms = wait.deadlineMs ?? Math.max(startPeriodMs, msOf(probe.deadline, defaults.deadlineMs));
  const began = wait.clock.monotonic();
  let last = 'no attempt has ended';
  let said: string | undefined;
  let attempts = 0;
  const loop = async (signal: AbortSignal): Promise<void> => {
    for (let pauseMs = defaults.firstPauseMs; ; pauseMs *= defaults.growth) {
      const attempt = await attemptOnce(wait, probe, signal);
      attempts += 1;
      if (attempt.ok) return;
      last = attempt.text;
      if (last !== said && wait.clock.monotonic() - began >= startPeriodMs) {
        said = last;
        wait.onFailedAttempt(attempts, said);
      }
      await wait.clock.sleep(Math.min(pauseMs, msOf(probe.interval, defaults.intervalMs)), signal);
    }
  };
  await withDeadline({ ...wait, ms }, loop, () => new NotReadyError(ms, last));
}

interface AttemptContext extends Pick<ReadinessWait, 'clock' | 'signal'> {
  source: Pick<ReadinessSource, 'probe'>;
}

/** Any failure of an attempt (refused, reset, slow, hanging) is an answer, not an error. */
export async function attemptOnce(
  { source, clock, signal: outer }: AttemptContext,
  probe: Probe,
  signal: AbortSignal = outer,
): Promise<Attempt> {
  const ms = msOf(probe.timeout, defaults.timeoutMs);
  try {
    return await withDeadline(
      { clock, ms, signal },
      (own) => source.probe(probe, own),
      () => new Error(`no answer within ${formatDuration(ms)}`),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return { ok: false, text: reasonOf(error) };
  }
}

const msOf = (duration: Duration | undefined, fallback: number): number =>
  duration === undefined ? fallback : (resolveDuration(duration) ?? fallback);
