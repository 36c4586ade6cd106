import { labels } from 'devservices/runner';
import type { RunnerEvent } from 'devservices/runner';
import { isRecord } from '../engine/docker-config.ts';

/** What only Podman tells, and leaves to be made sense of. */
export type PodmanEvent =
  /** Its health was looked at; how it is, is not said. */
  | { type: 'health-untold'; service: string; id: string }
  /** What follows an end, which was told before that was decided. */
  | { type: 'settled'; service: string; id: string; willRestart: boolean };

/** One project's events over several subscriptions, each event once. */
export interface EventSeries {
  /** A line as the engine wrote it, in the runner's words; undefined for what says nothing new. */
  next(line: unknown): RunnerEvent | PodmanEvent | undefined;
  /** Where a new subscription has to begin, in seconds; undefined where nothing is known. */
  since(): string | undefined;
}

/**
 * A new subscription repeats the last second's events: those are remembered. `firstSince` is where
 * the first one began, if the engine was told.
 */
export function createEventSeries(firstSince?: string): EventSeries {
  let second = 0;
  let seen = new Set<string>();
  return {
    next(line) {
      if (!isRecord(line) || !isRecord(line['Actor'])) return undefined;
      const { time, timeNano, Action: action } = line;
      const { ID: id, Attributes: attributes } = line['Actor'];
      if (typeof time !== 'number' || typeof action !== 'string' || typeof id !== 'string') {
        return undefined;
      }
      if (time > second) {
        second = time;
        seen = new Set();
      }
      const key = `${String(timeNano)} ${action} ${id}`;
      if (seen.has(key)) return undefined;
      seen.add(key);
      const at = typeof timeNano === 'number' ? Math.floor(timeNano / 1e6) : time * 1000;
      return toRunnerEvent(action, { id, at, attributes: isRecord(attributes) ? attributes : {} });
    },
    since: () => (second > Number(firstSince ?? 0) ? String(second) : firstSince),
  };
}

function toRunnerEvent(
  action: string,
  { id, at, attributes }: { id: string; at: number; attributes: Record<string, unknown> },
): RunnerEvent | PodmanEvent | undefined {
  const service = attributes[labels.service];
  if (typeof service !== 'string') return undefined;
  const health = /^health_status: (healthy|unhealthy|starting)$/.exec(action)?.[1];
  if (health !== undefined) {
    return { type: 'health', service, id, health: health as 'healthy' | 'unhealthy' | 'starting' };
  }
  if (action === 'health_status') return { type: 'health-untold', service, id };
  if (action === 'restart' || action === 'cleanup') {
    return { type: 'settled', service, id, willRestart: action === 'restart' };
  }
  if (action === 'start') return { type: 'started', service, id };
  if (action === 'destroy' || action === 'remove') return { type: 'removed', service, id };
  if (action !== 'die') return undefined;
  const exitCode = Number(attributes['exitCode'] ?? 0);
  return { type: 'exited', service, id, exitCode, willRestart: false, at };
}
