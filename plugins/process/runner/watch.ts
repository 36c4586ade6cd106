import {
  asError,
  type Clock,
  createEventQueue,
  type EventQueue,
  watchPath,
} from 'devservices/machine';
import type { Instance, ProjectIdentity, RunnerEvent } from 'devservices/runner';
import type { SupervisorClient } from '../client/connect-supervisor.ts';
import type { ProcessPlaces } from '../record/process-record.ts';
import { readRecords, toInstance } from '../record/records.ts';
import type { SupervisorEvent } from '../supervisor/protocol.ts';
import { createSightings } from './sightings.ts';

/** What watches ask of the runner that they belong to. */
export interface WatchedSupervisor {
  /** The one that lives, if one does; waits for one that this runner is just starting. */
  find(places: ProcessPlaces): Promise<SupervisorClient | undefined>;
  clock: Clock;
}

/** What one runner tells of its projects' processes. */
export interface ProjectWatches {
  /** Listening when it resolves, where a supervisor lives; else as soon as there is one. */
  open(
    project: ProjectIdentity,
    places: ProcessPlaces,
    signal: AbortSignal,
  ): Promise<AsyncIterable<RunnerEvent>>;
  /** Resolves when all of them listen to the supervisor that lives now. */
  settled(places: ProcessPlaces): Promise<void>;
  /** What this process did itself, where no supervisor could tell. */
  tell(places: ProcessPlaces, event: RunnerEvent): void;
}

interface OpenWatch {
  places: ProcessPlaces;
  /** Resolves when it listens to the supervisor that lives now, or found none. */
  look(): Promise<void>;
  push(event: RunnerEvent): void;
}

// Where a folder cannot be watched, somebody's supervisor is found all the same.
const lookEveryMs = 1000;

/**
 * Reads what supervisors report. One that dies is said (`lost`) where processes are left behind; a new
 * one is looked for, and what happened meanwhile is told from the records (`regained`).
 */
export function createWatches(supervisor: WatchedSupervisor): ProjectWatches {
  const watches = new Set<OpenWatch>();
  return {
    async open(project, places, signal) {
      const left = new AbortController();
      const stop = AbortSignal.any([signal, left.signal]);
      const queue = createEventQueue<RunnerEvent>(() => left.abort());
      const watch = followSupervisors(supervisor, { project, places, queue, signal: stop });
      watches.add(watch);
      stop.addEventListener('abort', () => {
        watches.delete(watch);
        queue.end();
      });
      await watch.look();
      return queue;
    },
    async settled(places) {
      const own = [...watches].filter((watch) => watch.places.supervisor === places.supervisor);
      await Promise.all(own.map((watch) => watch.look()));
    },
    tell(places, event) {
      for (const watch of watches) if (watch.places.folder === places.folder) watch.push(event);
    },
  };
}

interface Following {
  project: ProjectIdentity;
  places: ProcessPlaces;
  queue: EventQueue<RunnerEvent>;
  signal: AbortSignal;
}

function followSupervisors(supervisor: WatchedSupervisor, following: Following): OpenWatch {
  const { project, places, queue, signal } = following;
  const observe = (): readonly Instance[] => readRecords(places).map(toInstance);
  const sightings = createSightings(observe());
  let reading: Promise<void> | undefined;
  let looking: Promise<void> | undefined;
  let isLost = false;
  let isWaiting = false;

  const push = (event: RunnerEvent): void => {
    const news = sightings.take(event);
    if (news) queue.push(news);
  };
  const look = async (): Promise<void> => {
    // A look that began before the supervisor was there may have found none.
    await looking;
    looking ??= connect().finally(() => (looking = undefined));
    await looking;
  };
  const connect = async (): Promise<void> => {
    if (reading || signal.aborted) return;
    try {
      const client = await supervisor.find(places);
      if (!client) return lookLater();
      const events = await client.events(project, signal);
      if (isLost) queue.push({ type: 'regained' });
      isLost = false;
      for (const event of sightings.compare(observe())) queue.push(event);
      reading = read(events);
    } catch (thrown) {
      if (signal.aborted) return;
      lose(thrown);
      lookLater();
    }
  };
  const read = async (
    events: AsyncIterable<Exclude<SupervisorEvent, { type: 'listening' }>>,
  ): Promise<void> => {
    try {
      for await (const event of events) push(toRunnerEvent(event));
    } catch (thrown) {
      if (!signal.aborted) lose(thrown);
    }
    reading = undefined;
    lookLater();
  };
  // One that left because nothing was left to look after is not missed.
  const lose = (thrown: unknown): void => {
    if (isLost || !observe().some(({ status }) => status === 'running' || status === 'restarting'))
      return;
    isLost = true;
    queue.push({ type: 'lost', error: asError(thrown) });
  };
  const lookLater = (): void => {
    if (isWaiting || signal.aborted) return;
    isWaiting = true;
    void whenChanged().finally(() => {
      isWaiting = false;
      void look();
    });
  };
  const whenChanged = async (): Promise<void> => {
    const bell = new AbortController();
    const until = AbortSignal.any([signal, bell.signal]);
    const changes = watchPath(places.supervisor);
    await Promise.race([
      changes.next(until),
      supervisor.clock.sleep(lookEveryMs, until).catch(() => {}),
    ]);
    bell.abort();
    changes.close();
  };
  return { places, look, push };
}

function toRunnerEvent(event: Exclude<SupervisorEvent, { type: 'listening' }>): RunnerEvent {
  if (event.type !== 'exited') return event;
  const { isRemoval, ...rest } = event;
  return { ...rest, ...(isRemoval ? { isRemoval } : {}) };
}
