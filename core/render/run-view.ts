import type {
  DevServicesEvent,
  ImageProgress,
  PlannedAction,
  Reason,
  StateName,
} from '../events.ts';

/** What is known of one service so far. */
export interface ServiceView {
  readonly name: string;
  state: StateName;
  action: PlannedAction | undefined;
  reason: Reason | undefined;
  runner: string;
  /** When it began to be worked on; milliseconds since the epoch. */
  sinceMs: number | undefined;
  elapsedMs: number;
  lastProbe: string | undefined;
}

/** A phase that ended. */
export interface PhaseView {
  readonly name: string;
  readonly service: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

/** Everything that a terminal shows, gathered from events and from nothing else. */
export interface RunView {
  readonly services: Map<string, ServiceView>;
  readonly images: Map<string, ImageProgress>;
  readonly phases: PhaseView[];
  hasPlan: boolean;
}

export function createRunView(): RunView {
  return {
    services: new Map(),
    images: new Map(),
    phases: [],
    hasPlan: false,
  };
}

/** Takes one event in. */
export function applyEvent(view: RunView, event: DevServicesEvent): void {
  const atMs = Date.parse(event.at);
  switch (event.event) {
    case 'plan-made':
      view.hasPlan = true;
      for (const [name, { action, reason, runner }] of Object.entries(event.services)) {
        Object.assign(serviceOf(view, name), { action, reason, runner });
      }
      return;
    case 'service-state': {
      const { state, runner, elapsedMs, reason } = event;
      const service = serviceOf(view, event.service);
      Object.assign(service, { state, runner, elapsedMs });
      service.reason = reason ?? service.reason;
      service.sinceMs ??= atMs - elapsedMs;
      return;
    }
    case 'probe-failed':
      serviceOf(view, event.service).lastProbe = event.text;
      return;
    case 'image-progress':
      view.images.set(event.image, event);
      return;
    case 'phase-ended':
      addPhase(view, { ...event, name: event.phase, atMs });
      return;
    case 'hook-ended':
      addPhase(view, { ...event, name: `${event.hook} of ${event.plugin}`, atMs });
      return;
    case 'task-started':
    case 'phase-started':
    case 'hook-failed':
    case 'log':
    case 'serving':
    case 'api-called':
    case 'message':
    default:
      // Lines are printed as they come, and the end is the renderer's.
      return;
  }
}

/** Whether anything is under way, so that elapsed times grow. */
export function isMoving(view: RunView): boolean {
  const moving: readonly StateName[] = ['pending', 'pulling', 'starting', 'running', 'unhealthy'];
  return [...view.services.values()].some(({ state }) => moving.includes(state));
}

function serviceOf(view: RunView, name: string): ServiceView {
  const known = view.services.get(name);
  if (known) return known;
  const added: ServiceView = {
    name,
    state: 'pending',
    action: undefined,
    reason: undefined,
    runner: '',
    sinceMs: undefined,
    elapsedMs: 0,
    lastProbe: undefined,
  };
  view.services.set(name, added);
  return added;
}

function addPhase(
  view: RunView,
  phase: { name: string; service?: string; elapsedMs: number; atMs: number },
): void {
  const { name, service, elapsedMs, atMs } = phase;
  view.phases.push({ name, service, startMs: atMs - elapsedMs, endMs: atMs });
}
