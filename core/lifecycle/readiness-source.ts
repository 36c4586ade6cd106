import { probeService } from '../readiness/probe-service.ts';
import type { ReadinessSource } from '../readiness/wait-ready.ts';
import type { InstanceWatch } from '../run/instance-watch.ts';
import type { Instance, Runner } from '../run/runner.ts';
import type { ServiceRun } from './service-run.ts';

/** A service's run where the runner's reports are at hand. */
export interface WatchedRun extends ServiceRun {
  watch: InstanceWatch;
}

/** How one instance is asked whether it is ready. */
export function createReadinessSource(run: WatchedRun, instance: Instance): ReadinessSource {
  return {
    probe: probeOf(run, instance),
    logMatch: (pattern, times, signal) => matchLog(run, instance, { pattern, times, signal }),
    healthy: (signal, onUnhealthy) => becomeHealthy(run, instance, { signal, onUnhealthy }),
  };
}

export function probeOf(
  { runner, planned }: ServiceRun,
  instance: Instance,
): ReadinessSource['probe'] {
  return (probe, signal) => probeService({ runner, instance, ports: planned.ports }, probe, signal);
}

/** Calls back when the signal aborts, or at once where it has. */
export function onAbort(signal: AbortSignal, stop: () => void): void {
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
}

async function matchLog(
  { runner, watch }: WatchedRun,
  instance: Instance,
  { pattern, times, signal }: { pattern: RegExp; times: number; signal: AbortSignal },
): Promise<void> {
  // A container that is started again still has the lines of its earlier runs.
  const startedAt = instance.startedAt ?? (await runner.findStart?.(instance, signal));
  const sinceMs = Math.max(
    startedAt ?? 0,
    instance.endedAt === undefined ? 0 : instance.endedAt + 1,
  );
  const since = sinceMs === 0 ? {} : { sinceMs };
  for (;;) {
    const restart = whenRestarted(watch, instance, signal);
    let matches = 0;
    for await (const { text } of runner.logs(instance, { follow: true, signal, ...since })) {
      if (pattern.test(text) && ++matches >= times) return;
    }
    // The log ended without the line: the exit that ended it fails the wait, unless it is mended.
    await restart;
  }
}

function whenRestarted(
  watch: InstanceWatch,
  instance: Instance,
  signal: AbortSignal,
): Promise<void> {
  const restart = new Promise<void>((resolve, reject) => {
    let isPast = true;
    const off = watch.on(instance, ({ type }) => {
      if (type === 'started' && !isPast) resolve();
    });
    isPast = false;
    onAbort(signal, () => {
      off();
      reject(signal.reason);
    });
  });
  // Whoever finds the line first does not wait for it.
  restart.catch(() => {});
  return restart;
}

function becomeHealthy(
  { planned, watch, runner }: WatchedRun,
  instance: Instance,
  { signal, onUnhealthy }: { signal: AbortSignal; onUnhealthy: (text: string) => void },
): Promise<void> {
  // The engine goes on checking and may still find it healthy: only the deadline is final.
  const tell = async (): Promise<void> => {
    const said = await lastCheck(runner, instance, signal);
    if (!signal.aborted) onUnhealthy(said ?? 'its healthcheck fails');
  };
  return new Promise((resolve, reject) => {
    // What was healthy before this start says nothing about it.
    const known = planned.action === 'unchanged' ? instance.health : undefined;
    let isHealthy = known === 'healthy';
    // What was reported so far comes at once: only the last of it counts.
    let isPast = true;
    const off = watch.on(instance, (event) => {
      if (event.type === 'health') {
        isHealthy = event.health === 'healthy';
        if (event.health === 'unhealthy') void tell();
      }
      if (event.type === 'exited') isHealthy = false;
      if (isHealthy && !isPast) resolve();
    });
    isPast = false;
    if (isHealthy) resolve();
    else if (known === 'unhealthy') void tell();
    onAbort(signal, () => {
      off();
      reject(signal.reason);
    });
  });
}

/** What the healthcheck said last; undefined where that cannot be had. */
export async function lastCheck(
  runner: Runner,
  instance: Instance,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await runner.lastCheck?.(instance, signal);
  } catch {
    // What explains a failure must not become another one.
    return undefined;
  }
}
