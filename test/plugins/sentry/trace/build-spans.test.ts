import type { DevServicesEvent } from 'devservices';
import { expect, test } from 'vitest';
import { buildSpans } from '../../../../plugins/sentry/trace/build-spans.ts';
import { emitted, fixedIds } from './emitted.ts';

const build = (events: readonly DevServicesEvent[]) => buildSpans(events, fixedIds());

/** A span as one line: `op description from-to < parent status`. */
function lines(events: readonly DevServicesEvent[]): string[] {
  const { spans, startMs } = build(events);
  const names = new Map(spans.map((span) => [span.span_id, `${span.op} ${span.description}`]));
  return spans.map((span) => {
    const [from, to] = [span.start_timestamp, span.timestamp].map((s) => s * 1000 - startMs);
    const parent = names.get(span.parent_span_id) ?? 'task';
    return `${span.op} ${span.description} ${Math.round(from ?? 0)}-${Math.round(to ?? 0)} < ${parent} ${span.status}`;
  });
}

test('phases of the task lie in one another as they were', () => {
  const events = emitted([
    [0, { event: 'task-started', task: 'up', pid: 1, version: '1' }],
    [5, { event: 'phase-started', phase: 'up' }],
    [10, { event: 'phase-started', phase: 'plan' }],
    [30, { event: 'phase-ended', phase: 'plan', elapsedMs: 20, ok: true }],
    [30, { event: 'phase-started', phase: 'start' }],
    [90, { event: 'phase-ended', phase: 'start', elapsedMs: 60, ok: false }],
    [95, { event: 'phase-ended', phase: 'up', elapsedMs: 90, ok: true }],
  ]);
  expect(lines(events)).toEqual([
    'phase up 5-95 < task ok',
    'phase plan 10-30 < phase up ok',
    'phase start 30-90 < phase up internal_error',
  ]);
  expect(build(events)).toMatchObject({ startMs: expect.any(Number), dropped: 0 });
});

test('what overlaps without lying in it is beside it', () => {
  const events = emitted([
    [0, { event: 'phase-started', phase: 'a' }],
    [10, { event: 'phase-started', phase: 'b' }],
    [20, { event: 'phase-ended', phase: 'a', elapsedMs: 20, ok: true }],
    [30, { event: 'phase-ended', phase: 'b', elapsedMs: 20, ok: true }],
  ]);
  expect(lines(events)).toEqual(['phase a 0-20 < task ok', 'phase b 10-30 < task ok']);
});

test('of one phase several times at once each ends as long after its beginning as it says', () => {
  const events = emitted([
    [0, { event: 'phase-started', phase: 'a' }],
    [10, { event: 'phase-started', phase: 'a' }],
    [40, { event: 'phase-ended', phase: 'a', elapsedMs: 40, ok: true }],
    [50, { event: 'phase-ended', phase: 'a', elapsedMs: 40, ok: false }],
  ]);
  expect(lines(events)).toEqual(['phase a 0-40 < task ok', 'phase a 10-50 < task internal_error']);
});

test('a service spans all that was done for it, and says how long it was in each state', () => {
  const events = emitted([
    [0, { event: 'phase-started', phase: 'start' }],
    [1, { event: 'phase-started', phase: 'prepare', service: 'db' }],
    [9, { event: 'phase-ended', phase: 'prepare', service: 'db', elapsedMs: 8, ok: true }],
    [
      10,
      { event: 'service-state', service: 'db', state: 'starting', runner: 'docker', elapsedMs: 0 },
    ],
    [
      30,
      { event: 'service-state', service: 'db', state: 'running', runner: 'docker', elapsedMs: 20 },
    ],
    [31, { event: 'phase-started', phase: 'ready', service: 'db' }],
    [80, { event: 'phase-ended', phase: 'ready', service: 'db', elapsedMs: 49, ok: true }],
    [80, { event: 'hook-ended', plugin: 'mail', hook: 'serviceReady(db)', elapsedMs: 10 }],
    [
      81,
      { event: 'service-state', service: 'db', state: 'ready', runner: 'docker', elapsedMs: 71 },
    ],
    [90, { event: 'phase-ended', phase: 'start', elapsedMs: 90, ok: true }],
  ]);
  expect(lines(events)).toEqual([
    'phase start 0-90 < task ok',
    'service db 1-81 < phase start ok',
    'phase prepare 1-9 < service db ok',
    'phase ready 31-80 < service db ok',
    'hook mail serviceReady(db) 70-80 < service db ok',
  ]);
  const service = build(events).spans.find(({ op }) => op === 'service');
  expect(service?.span_id).toBe(fixedIds().spanIdOf('db'));
  expect(service?.data).toEqual({
    state: 'ready',
    runner: 'docker',
    starting_ms: 20,
    running_ms: 51,
  });
});

test('what never ended lasts to the end, and is cancelled', () => {
  const events = emitted([
    [0, { event: 'phase-started', phase: 'start' }],
    [
      5,
      { event: 'service-state', service: 'db', state: 'starting', runner: 'docker', elapsedMs: 0 },
    ],
    [6, { event: 'phase-started', phase: 'ready', service: 'db' }],
    [50, { event: 'task-started', task: 'x', pid: 1, version: '1' }],
  ]);
  expect(lines(events)).toEqual([
    'phase start 0-50 < task cancelled',
    'service db 5-50 < phase start cancelled',
    'phase ready 6-50 < service db cancelled',
  ]);
});

test('a service that failed, and one that was skipped', () => {
  const events = emitted([
    [
      0,
      { event: 'service-state', service: 'a', state: 'starting', runner: 'docker', elapsedMs: 0 },
    ],
    [9, { event: 'service-state', service: 'a', state: 'failed', runner: 'docker', elapsedMs: 9 }],
    [9, { event: 'service-state', service: 'b', state: 'skipped', runner: '', elapsedMs: 0 }],
  ]);
  expect(lines(events)).toEqual(['service a 0-9 < task internal_error', 'service b 9-9 < task ok']);
});

test('a tap and a pull are known by their end; rounding puts nothing before its phase', () => {
  const events = emitted([
    [0, { event: 'task-started', task: 'up', pid: 1, version: '1' }],
    [10, { event: 'phase-started', phase: 'pull' }],
    [40, { event: 'image-progress', image: 'redis:7', status: 'pulling', current: 1, total: 2 }],
    [
      60,
      {
        event: 'image-progress',
        image: 'reg.example.org:5000/a/b:1@sha256:ff',
        status: 'pulled',
        elapsedMs: 51,
      },
    ],
    [61, { event: 'image-progress', image: 'redis', status: 'not pulled', elapsedMs: 20 }],
    [62, { event: 'phase-ended', phase: 'pull', elapsedMs: 52, ok: true }],
    [
      70,
      {
        event: 'hook-failed',
        plugin: 'mail',
        hook: 'afterHealth',
        error: { code: 'DS_X', blame: 'plugin', message: 'm', hint: 'h' },
      },
    ],
    [70, { event: 'hook-ended', plugin: 'mail', hook: 'afterHealth', elapsedMs: 4 }],
    [75, { event: 'hook-ended', plugin: 'mail', hook: 'afterHealth', elapsedMs: 4 }],
  ]);
  expect(lines(events)).toEqual([
    'phase pull 10-62 < task ok',
    'pull reg.example.org:5000/a/b 10-60 < phase pull ok',
    'pull redis 41-61 < phase pull unavailable',
    'hook mail afterHealth 66-70 < task internal_error',
    'hook mail afterHealth 71-75 < task ok',
  ]);
});

test('what began before the phase in which it ended is not of that phase', () => {
  const events = emitted([
    [0, { event: 'phase-started', phase: 'up' }],
    [50, { event: 'phase-started', phase: 'start' }],
    [60, { event: 'image-progress', image: 'redis:7', status: 'pulled', elapsedMs: 40 }],
    [70, { event: 'phase-ended', phase: 'start', elapsedMs: 20, ok: true }],
    [70, { event: 'phase-ended', phase: 'up', elapsedMs: 70, ok: true }],
  ]);
  expect(lines(events)[1]).toBe('pull redis 20-60 < phase up ok');
});

test('a clock that is set back makes no span end before it began', () => {
  const events = emitted([
    [100, { event: 'phase-started', phase: 'a' }],
    [40, { event: 'phase-ended', phase: 'a', elapsedMs: 10, ok: true }],
    [50, { event: 'service-state', service: 'b', state: 'ready', runner: '', elapsedMs: 0 }],
  ]);
  expect(lines(events)).toEqual(['phase a 0-0 < task ok', 'service b 0-0 < task ok']);
});

test('an end without a beginning, and nothing at all, are no spans', () => {
  expect(
    lines(emitted([[0, { event: 'phase-ended', phase: 'a', elapsedMs: 1, ok: true }]])),
  ).toEqual([]);
  expect(build([])).toEqual({ startMs: 0, endMs: 0, spans: [], dropped: 0 });
});
