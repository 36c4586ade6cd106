import type { Instance, Runner, RunnerEvent } from './runner.ts';
import type { ProjectIdentity } from '../identity/project.ts';

type InstanceEvent = Extract<RunnerEvent, { id: string }>;
type Listener = (
  event: InstanceEvent | Extract<RunnerEvent, { type: 'lost' | 'regained' }>,
) => void;

/** What one runner reports while a task waits, given to whoever waits for that instance. */
export interface InstanceWatch {
  /** Tells what was reported of the instance so far, then what comes; returns how to stop. */
  on(instance: Pick<Instance, 'id'>, listener: Listener): () => void;
  /** Hands on what was found out otherwise, as if the runner had reported it. */
  tell(event: RunnerEvent): void;
  /** Drops what was reported of it so far: it is about to begin anew. */
  forget(instance: Pick<Instance, 'id'>): void;
  close(): void;
}

/** Subscribes before anything is started, so that no exit is missed. */
export async function watchInstances(
  runner: Runner,
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<InstanceWatch> {
  const end = new AbortController();
  const seen = new Map<string, InstanceEvent[]>();
  const listeners = new Map<string, Set<Listener>>();
  const events = await runner.watch(project, AbortSignal.any([signal, end.signal]));
  const tell = (event: RunnerEvent): void => {
    if ('id' in event) {
      seen.set(event.id, [...(seen.get(event.id) ?? []), event]);
      for (const listener of listeners.get(event.id) ?? []) listener(event);
    } else {
      for (const set of listeners.values()) for (const listener of set) listener(event);
    }
  };
  void (async () => {
    try {
      for await (const event of events) {
        tell(event);
      }
    } catch {
      // The runner reports what it lost as an event; an iterable that ends by abort is no news.
    }
  })();
  return {
    on({ id }, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      for (const event of seen.get(id) ?? []) listener(event);
      return () => void set.delete(listener);
    },
    tell,
    forget: ({ id }) => void seen.delete(id),
    close: () => end.abort(),
  };
}
