import { expect, test } from 'vitest';
import { createEventStream, type DevServicesEvent } from '../../core/events.ts';

test('all events of one stream say so, and no other’s say the same', () => {
  const seen: DevServicesEvent[] = [];
  for (let streams = 0; streams < 200; streams += 1) {
    const events = createEventStream({ now: () => 0, project: () => 'shop' });
    events.subscribe((event) => void seen.push(event));
    events.emit({ event: 'phase-started', phase: 'observe' });
    events.emit({ event: 'phase-ended', phase: 'observe', elapsedMs: 1, ok: true });
  }
  const runs = seen.map(({ run }) => run ?? '');
  expect(runs.every((run) => /^[a-z\d]{8}$/.test(run))).toBe(true);
  expect(runs.every((run, at) => run === runs[at - (at % 2)])).toBe(true);
  expect(new Set(runs).size).toBe(200);
  expect(seen[0]).toEqual({
    event: 'phase-started',
    phase: 'observe',
    at: '1970-01-01T00:00:00.000Z',
    project: 'shop',
    run: runs[0],
  });
});
