import { expect, test } from 'vitest';
import { createEventStream, type DevServicesEvent } from '../../../core/events.ts';
import { canFollow, type ServiceState } from '../../../core/service/state.ts';
import { trackService } from '../../../core/service/track-service.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';

function track() {
  const clock = createFakeClock();
  const seen: DevServicesEvent[] = [];
  const events = createEventStream({ now: () => clock.now(), project: () => 'shop' });
  events.subscribe((event) => void seen.push(event));
  return { clock, seen, tracked: trackService({ service: 'db', runner: 'docker', events, clock }) };
}

test('each change is told, with its time and what is known', async () => {
  const { clock, seen, tracked } = track();
  const states: ServiceState[] = [
    { state: 'pulling', image: 'x' },
    { state: 'starting' },
    { state: 'running', instance: '1' },
    { state: 'failed', reason: { code: 'c', text: 't' }, exitCode: 3 },
  ];
  for (const state of states) {
    await clock.advance(100);
    tracked.enter(state);
  }
  expect(seen.map((event) => 'state' in event && [event.state, event.elapsedMs])).toEqual([
    ['pulling', 100],
    ['starting', 200],
    ['running', 300],
    ['failed', 400],
  ]);
  expect(seen.at(-1)).toMatchObject({
    event: 'service-state',
    service: 'db',
    runner: 'docker',
    project: 'shop',
    reason: { code: 'c', text: 't' },
    exitCode: 3,
    at: '2026-01-01T00:00:00.400Z',
  });
  expect(tracked.elapsedMs).toBe(400);
});

test('an arrow that is not drawn is a bug, and changes nothing', () => {
  const { seen, tracked } = track();
  tracked.enter({ state: 'failed', reason: { code: 'c', text: 't' } });
  expect(() => tracked.enter({ state: 'ready', instance: '1' })).toThrowError(
    expect.objectContaining({ code: 'DS_BUG_INVARIANT' }),
  );
  expect(tracked.current.state).toBe('failed');
  expect(seen).toHaveLength(1);
});

test('listeners hear of a change after its event went out', () => {
  const { seen, tracked } = track();
  const counts: number[] = [];
  tracked.onChange(() => void counts.push(seen.length));
  tracked.enter({ state: 'starting' });
  expect(counts).toEqual([1]);
});

test('a service that ended is not ready again by itself; any can be started anew or stopped', () => {
  expect(canFollow('failed', 'ready')).toBe(false);
  expect(canFollow('skipped', 'starting')).toBe(false);
  expect(canFollow('completed', 'starting')).toBe(true);
  expect(canFollow('pending', 'ready')).toBe(true);
});

test('a reader that throws is dropped, and the others still hear', () => {
  const events = createEventStream({ now: () => 0, project: () => 'shop' });
  let count = 0;
  events.subscribe(() => {
    count += 1;
    throw new Error('broken pipe');
  });
  const heard: string[] = [];
  const leave = events.subscribe(({ event }) => void heard.push(event));
  for (let turn = 0; turn < 2; turn++) events.emit({ event: 'message', level: 'info', text: 'x' });
  leave();
  events.emit({ event: 'message', level: 'info', text: 'x' });
  expect([count, heard.length]).toEqual([1, 2]);
});
