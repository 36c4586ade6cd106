import type { Blame } from './errors/error.ts';

/** Why something is as it is: a stable code for programs, a text for people. */
export interface Reason {
  code: string;
  text: string;
}

/** Where a service's ports are reached from this machine. */
export type Endpoints = Readonly<Record<string, { host: string; port: number }>>;

/** The states of a service; service/state.ts draws how they follow one another. */
export type StateName =
  | 'pending'
  | 'pulling'
  | 'starting'
  | 'running'
  | 'ready'
  | 'unhealthy'
  | 'failed'
  | 'completed'
  | 'skipped'
  | 'stopped';

export interface ImageProgress {
  image: string;
  /** Bytes; absent where the source does not say. */
  current?: number;
  total?: number;
  /** `pulling`, `extracting`, at the end `pulled`, `up to date` or `not pulled`; else what is in the way. */
  status: string;
  /** At the end: how long it took. */
  elapsedMs?: number;
}

/** What `up` will do, or did, with one service. */
export type PlannedAction = 'create' | 'recreate' | 'start' | 'unchanged' | 'skip';
export type DoneAction =
  | 'created'
  | 'recreated'
  | 'started'
  | 'stopped'
  | 'unchanged'
  | 'removed'
  | 'skipped'
  | 'failed';

/** An error as programs read it. */
export interface ReportedError {
  code: string;
  blame: Blame;
  message: string;
  hint: string;
  exitCode?: number;
  /** What the last readiness attempt said. */
  lastProbe?: string;
  /** The last lines of the service's log. */
  logs?: readonly string[];
  /** Of a plugin's: which. */
  plugin?: string;
  /** Of a plugin's or a defect of ours, innermost first: `core/lifecycle/up.ts:12:3 run`. */
  frames?: readonly string[];
}

/** One row of a finished task. */
export interface ServiceReport {
  state: StateName;
  action: DoneAction;
  reason: Reason;
  runner: string;
  elapsedMs: number;
  endpoints: Endpoints;
  /** Data of it that was removed, by name. */
  data?: readonly string[];
  error?: ReportedError;
}

/** Always the last event of a task that acts; `event` is `<task>-finished`. */
export interface TaskFinished {
  event: `${string}-finished`;
  ok: boolean;
  exitCode: number;
  elapsedMs: number;
  errors: readonly ReportedError[];
  services: Readonly<Record<string, ServiceReport>>;
  /**
   * What the task's `run` gave, where that is an object that is no outcome of services. A `token` in it
   * is told once, and is not in the journal.
   */
  result?: Readonly<Record<string, unknown>>;
}

/** Everything that can happen besides the end of a task. The journal, the terminal and `--json` read only these. */
export type Happening =
  /** A task begins; the first event of every run. */
  | { event: 'task-started'; task: string; pid: number; version: string }
  /** A phase (`configure`, `observe`, `pull`, …) begins or ends, of one service or of the task. */
  | { event: 'phase-started'; phase: string; service?: string }
  | { event: 'phase-ended'; phase: string; service?: string; elapsedMs: number; ok: boolean }
  /** One tap of one plugin returned or threw. */
  | { event: 'hook-ended'; plugin: string; hook: string; elapsedMs: number }
  | { event: 'hook-failed'; plugin: string; hook: string; error: ReportedError }
  /** Decided before anything starts. */
  | {
      event: 'plan-made';
      services: Readonly<Record<string, { action: PlannedAction; reason: Reason; runner: string }>>;
    }
  /** `starting` is the start request itself: nothing stands between it and its condition's event. */
  | {
      event: 'service-state';
      service: string;
      state: StateName;
      runner: string;
      elapsedMs: number;
      reason?: Reason;
      exitCode?: number;
    }
  /** A failed attempt of a readiness, said when its text changes. */
  | { event: 'probe-failed'; service: string; attempt: number; text: string }
  | ({ event: 'image-progress' } & ImageProgress)
  /** A line of a service's log. */
  | { event: 'log'; service: string; stream: 'stdout' | 'stderr'; text: string }
  /** A server of this checkout listens; the token is told once, and is not in the journal. */
  | { event: 'serving'; url: string; token?: string }
  /** A call of the API that changed something or was refused; `code` where it went wrong. */
  | {
      event: 'api-called';
      method: string;
      path: string;
      status: number;
      /** As audit logs have it: `os:ada`, `token:ci`, `anonymous`. */
      by: string;
      elapsedMs: number;
      code?: string;
    }
  /** A line of the tool itself or of a plugin. */
  | { event: 'message'; level: 'debug' | 'info' | 'warn' | 'error'; text: string; plugin?: string };

/** What plugins and core emit. */
export type EventBody = Happening | TaskFinished;

/** What is written and read: the body, when, of which project, and by which host. */
export type DevServicesEvent = EventBody & {
  at: string;
  project: string;
  /** The same for all events of one host: several write to one journal. Absent in older journals. */
  run?: string;
};

/** Whether an event ends a task. */
export function isTaskFinished(event: EventBody): event is TaskFinished {
  return event.event.endsWith('-finished') && 'exitCode' in event && 'errors' in event;
}

/** Receives events in the order in which they happened. */
export type EventSink = (event: DevServicesEvent) => void;

/** Where everything that happens goes. */
export interface EventStream {
  emit(body: EventBody): void;
  /**
   * Adds a reader; returns how to leave. A reader that throws is dropped, not the event. `replay`: first
   * what happened since the host began, as far as it was kept (the first 1,000 events).
   */
  subscribe(sink: EventSink, options?: { replay?: boolean }): () => void;
}

interface Reader {
  /** What it is still to be told of before it hears what happens. */
  behind?: DevServicesEvent[];
}

const earlyEvents = 1000;

/** Stamps events and gives them to every reader, synchronously and in order. */
export function createEventStream(options: {
  now(): number;
  project(): string;
  /** Takes secrets out, before anybody sees the event. */
  redact?(body: EventBody): EventBody;
}): EventStream {
  const readers = new Map<EventSink, Reader>();
  const early: DevServicesEvent[] = [];
  const tell = (sink: EventSink, event: DevServicesEvent) => {
    try {
      sink(event);
    } catch {
      readers.delete(sink);
    }
  };
  // It has to differ from others; nobody has to fail to guess it.
  const run = Math.random().toString(36).slice(2, 10).padEnd(8, '0');
  return {
    emit(body) {
      const event: DevServicesEvent = {
        ...(options.redact?.(body) ?? body),
        at: new Date(options.now()).toISOString(),
        project: options.project(),
        run,
      };
      // Who comes late is told of a beginning; of a host that lives on, it is not the whole that is kept.
      if (early.length < earlyEvents && event.event !== 'log') early.push(event);
      for (const [sink, { behind }] of readers) {
        if (behind) behind.push(event);
        else tell(sink, event);
      }
    },
    subscribe(sink, { replay = false } = {}) {
      const reader: Reader = replay ? { behind: [...early] } : {};
      readers.set(sink, reader);
      // What is emitted meanwhile, by the reader itself for one, has its turn after these.
      for (const event of reader.behind ?? []) {
        if (readers.get(sink) !== reader) break;
        tell(sink, event);
      }
      delete reader.behind;
      return () => void readers.delete(sink);
    },
  };
}
