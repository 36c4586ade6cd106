import type { Clock } from '../clock.ts';
import type { EventStream } from '../events.ts';

/** Says when a phase, of one service or of the task, begins and ends, and how long it took. */
export async function inPhase<T>(
  { events, clock }: { events: Pick<EventStream, 'emit'>; clock: Clock },
  phase: { phase: string; service?: string },
  work: () => T | Promise<T>,
): Promise<T> {
  const began = clock.monotonic();
  events.emit({ event: 'phase-started', ...phase });
  let ok = false;
  try {
    const result = await work();
    ok = true;
    return result;
  } finally {
    const elapsedMs = Math.round(clock.monotonic() - began);
    events.emit({ event: 'phase-ended', ...phase, elapsedMs, ok });
  }
}
