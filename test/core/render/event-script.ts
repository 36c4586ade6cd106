import type {
  DevServicesEvent,
  EventBody,
  PlannedAction,
  ServiceReport,
  StateName,
  TaskFinished,
} from '../../../core/events.ts';
import type { Output } from '../../../core/render/renderer.ts';
import { createTextStyle } from '../../../core/render/text-style.ts';

export const startMs = Date.UTC(2026, 0, 1);
export const plain = createTextStyle({ isColoured: false, columns: 80 });

/** An event so many milliseconds after the start. */
export function event(afterMs: number, body: EventBody): DevServicesEvent {
  return { ...body, at: new Date(startMs + afterMs).toISOString(), project: 'shop' };
}

/** A service enters a state so many milliseconds after the start. */
export function state(afterMs: number, service: string, name: StateName): DevServicesEvent {
  return event(afterMs, {
    event: 'service-state',
    service,
    state: name,
    runner: 'docker',
    elapsedMs: afterMs,
  });
}

/** What will be done with each service. */
export function plan(actions: Readonly<Record<string, PlannedAction>>): DevServicesEvent {
  const services = Object.entries(actions).map(([name, action]) => [
    name,
    { action, reason: { code: action, text: `to ${action}` }, runner: 'docker' },
  ]);
  return event(0, { event: 'plan-made', services: Object.fromEntries(services) as never });
}

export function report(fields: Partial<ServiceReport> = {}): ServiceReport {
  return {
    state: 'ready',
    action: 'created',
    reason: { code: 'absent', text: 'not there yet' },
    runner: 'docker',
    elapsedMs: 1200,
    endpoints: {},
    ...fields,
  };
}

export function finished(fields: Partial<TaskFinished> = {}): TaskFinished {
  return {
    event: 'up-finished',
    ok: true,
    exitCode: 0,
    elapsedMs: 3400,
    errors: [],
    services: {},
    ...fields,
  };
}

export interface RecordedOutput extends Output {
  readonly text: string;
  /** What was written since the last look. */
  take(): string;
  resize(columns: number): void;
}

/** An output that keeps what is written. */
export function recordOutput(options: {
  isTerminal: boolean;
  columns?: number;
  rows?: number;
}): RecordedOutput {
  let columns = options.columns ?? 80;
  let text = '';
  let taken = 0;
  const listeners = new Set<() => void>();
  return {
    isTerminal: options.isTerminal,
    rows: options.rows ?? 24,
    get columns() {
      return columns;
    },
    get text() {
      return text;
    },
    write: (added) => void (text += added),
    take() {
      const news = text.slice(taken);
      taken = text.length;
      return news;
    },
    onResize(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    resize(next) {
      columns = next;
      for (const listener of listeners) listener();
    },
  };
}
