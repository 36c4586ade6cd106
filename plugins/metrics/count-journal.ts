import type { DevServicesEvent } from 'devservices';
import type { Counting } from './measures.ts';
import { type CountedRun, createCountedRuns } from './counted-runs.ts';
import { imagePath } from './image-path.ts';

type EventOf<Name> = Extract<DevServicesEvent, { event: Name }>;

/**
 * Reads events in their order, of one host or of a whole journal, and counts what happened. Nobody's
 * name, path or command is in it. What only looks like an event counts nothing.
 */
export function createJournalCount(counting: Counting): (event: DevServicesEvent) => void {
  const runs = createCountedRuns();
  return (event) => {
    try {
      count(event, runs.of(event.run), counting);
      if (isFinished(event)) runs.forget(event.run);
    } catch {
      // Anybody may have written to the journal: a line of another shape is passed over.
    }
  };
}

function count(event: DevServicesEvent, run: CountedRun, counting: Counting): void {
  if (isFinished(event)) {
    const task = event.event.slice(0, -'-finished'.length);
    return time(event.elapsedMs, (ms) =>
      counting.timing('task.ms', ms, { task, result: resultOf(event) }),
    );
  }
  switch (event.event) {
    case 'plan-made':
      for (const [service, { action }] of Object.entries(event.services)) {
        run.actions.set(service, action);
      }
      return;
    case 'service-state':
      return countState(event, run, counting);
    case 'image-progress':
      return countPull(event, counting);
    case 'hook-ended': {
      const { plugin, hook } = event;
      return time(event.elapsedMs, (ms) =>
        counting.timing('hook.ms', ms, { plugin: text(plugin), hook: hookName(hook) }),
      );
    }
    case 'hook-failed': {
      const tags = { plugin: text(event.plugin), hook: hookName(event.hook) };
      return counting.incr('hook.failed', { ...tags, code: text(event.error.code) });
    }
    case 'phase-ended':
      return time(event.elapsedMs, (ms) =>
        counting.timing('phase.ms', ms, { phase: text(event.phase) }),
      );
    case 'api-called': {
      const { method: given, status } = event;
      const tags = { method: methods.has(given) ? given : 'other', status: text(status) };
      counting.incr('api.requests', tags);
      return time(event.elapsedMs, (ms) => counting.timing('api.ms', ms, tags));
    }
    case 'task-started':
    case 'phase-started':
    case 'probe-failed':
    case 'log':
    case 'serving':
    case 'message':
    default:
  }
}

function countState(
  { service: name, runner: kind, state, elapsedMs, reason }: EventOf<'service-state'>,
  run: CountedRun,
  counting: Counting,
): void {
  const [service, runner] = [text(name), text(kind)];
  switch (state) {
    case 'starting': {
      const action = run.actions.get(service) ?? 'start';
      counting.incr('services.started', { service, runner, action });
      const isAgain = run.stopped.delete(service) || action === 'recreate';
      if (isAgain) counting.incr('service.restarts', { service, runner });
      run.startedMs.set(service, elapsedMs);
      return;
    }
    case 'ready':
    case 'completed': {
      const startedMs = run.startedMs.get(service);
      run.startedMs.delete(service);
      // What ran already was ready when it was looked at.
      if (startedMs === undefined) return;
      return time(elapsedMs - startedMs, (ms) =>
        counting.timing('service.time_to_ready', ms, { service, runner }),
      );
    }
    case 'failed':
      return counting.incr('service.failed', { service, code: text(reason?.code ?? 'unknown') });
    case 'stopped':
      run.stopped.add(service);
      return;
    case 'pending':
    case 'pulling':
    case 'running':
    case 'unhealthy':
    case 'skipped':
    default:
  }
}

const pullResults: ReadonlyMap<string, string> = new Map([
  ['pulled', 'pulled'],
  ['up to date', 'up_to_date'],
  ['not pulled', 'failed'],
]);

function countPull(progress: EventOf<'image-progress'>, counting: Counting): void {
  const result = pullResults.get(progress.status);
  if (result === undefined) return;
  const image = imagePath(text(progress.image));
  counting.incr('pulls', { image, result });
  time(progress.elapsedMs, (ms) => counting.timing('pull.ms', ms, { image, result }));
  if (result === 'pulled') {
    time(progress.current, (bytes) => counting.incr('pull.bytes', { image }, bytes));
  }
}

type Finished = EventOf<`${string}-finished`>;

const isFinished = (event: DevServicesEvent): event is Finished =>
  event.event.endsWith('-finished') && 'exitCode' in event && 'errors' in event;

function resultOf({ ok, exitCode }: Finished): string {
  if (exitCode === 130 || exitCode === 143) return 'interrupted';
  return ok ? 'success' : 'failure';
}

/** Amounts that can be: a clock that was set back, or a strange line, must not take anything away. */
function time(amount: unknown, record: (amount: number) => void): void {
  if (typeof amount === 'number' && Number.isFinite(amount) && amount >= 0) record(amount);
}

function text(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value).slice(0, 200);
  throw new TypeError('no text');
}

// `serviceReady(db)`: which service it was for is no name of a hook.
const hookName = (hook: unknown): string => text(hook).replace(/\(.*\)$/, '');

// Whoever asks may make one up.
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);
