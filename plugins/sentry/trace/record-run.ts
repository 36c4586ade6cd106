import type { DevServicesEvent, PluginContext } from 'devservices';

/** What happened in a run, as far as traces and errors are made of it. */
export interface RunRecord {
  readonly events: readonly DevServicesEvent[];
  stop(): void;
}

// Of a host that lives on, the beginning is enough: its spans are capped anyway.
const mostKept = 5000;

const told = new Set([
  'task-started',
  'phase-started',
  'phase-ended',
  'hook-ended',
  'hook-failed',
  'service-state',
]);

/** Keeps what happens, from the first event on; `onEvent` hears of each that is kept. */
export function recordRun(
  stream: Pick<PluginContext<unknown>['events'], 'subscribe'>,
  onEvent: (event: DevServicesEvent) => void = () => {},
): RunRecord {
  const events: DevServicesEvent[] = [];
  const stop = stream.subscribe(
    (event) => {
      const isTold =
        told.has(event.event) ||
        (event.event === 'image-progress' && event.elapsedMs !== undefined) ||
        event.event.endsWith('-finished');
      if (!isTold) return;
      // The end is told however much there was before.
      if (events.length < mostKept || event.event.endsWith('-finished')) events.push(event);
      onEvent(event);
    },
    { replay: true },
  );
  return { events, stop };
}
