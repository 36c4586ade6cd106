import type { Clock } from '../clock.ts';
import { bugErrors } from '../errors/catalogue/bug.ts';
import type { EventStream } from '../events.ts';
import { canFollow, type ServiceState } from './state.ts';

/** Keeps one service's state, allows only the drawn arrows, and tells every change. */
export interface TrackedService {
  readonly current: ServiceState;
  /** Milliseconds from the beginning to the last change. */
  readonly elapsedMs: number;
  enter(state: ServiceState): void;
  /** Told after the event went out: in the journal a cause stands before its effect. */
  onChange(listener: () => void): void;
}

export function trackService(options: {
  service: string;
  runner: string;
  events: Pick<EventStream, 'emit'>;
  clock: Clock;
}): TrackedService {
  const { service, runner, events, clock } = options;
  const began = clock.monotonic();
  const listeners: (() => void)[] = [];
  let current: ServiceState = { state: 'pending' };
  let elapsedMs = 0;
  return {
    get current() {
      return current;
    },
    get elapsedMs() {
      return elapsedMs;
    },
    onChange: (listener) => void listeners.push(listener),
    enter(state) {
      if (!canFollow(current.state, state.state)) {
        const what = `${service} went from ${current.state} to ${state.state}`;
        throw bugErrors.create('DS_BUG_INVARIANT', { what });
      }
      current = state;
      elapsedMs = Math.round(clock.monotonic() - began);
      const exitCode = 'exitCode' in state ? state.exitCode : undefined;
      events.emit({
        event: 'service-state',
        service,
        state: state.state,
        runner,
        elapsedMs,
        ...('reason' in state ? { reason: state.reason } : {}),
        ...(exitCode === undefined ? {} : { exitCode }),
      });
      for (const listener of listeners) listener();
    },
  };
}
