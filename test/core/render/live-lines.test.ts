import { expect, test } from 'vitest';
import { liveLines } from '../../../core/render/live-lines.ts';
import { applyEvent, createRunView, isMoving } from '../../../core/render/run-view.ts';
import { createTextStyle } from '../../../core/render/text-style.ts';
import { widthOf } from '../../../core/render/text-width.ts';
import type { DevServicesEvent } from '../../../core/events.ts';
import { event, plain, plan, startMs, state } from './event-script.ts';

const viewOf = (...events: DevServicesEvent[]) => {
  const view = createRunView();
  for (const one of events) applyEvent(view, one);
  return view;
};

test('one line a service: mark, name, state, elapsed time and why it takes long', () => {
  const view = viewOf(
    plan({ postgres: 'create', redis: 'unchanged', api: 'create', web: 'create' }),
    state(4, 'redis', 'ready'),
    state(10, 'postgres', 'starting'),
    state(500, 'postgres', 'running'),
    event(900, {
      event: 'probe-failed',
      service: 'postgres',
      attempt: 3,
      text: 'starting\u001B[2J up',
    }),
    state(600, 'api', 'failed'),
  );
  expect(liveLines(view, { nowMs: startMs + 2500, style: plain, rows: 10 })).toEqual([
    '⠴ postgres  getting ready  2.5 s    starting up',
    '✔ redis     ready          4 ms',
    '✘ api       failed         600 ms',
    '· web       waiting',
  ]);
  expect(isMoving(view)).toBe(true);
});

test('pulls have bars, while something is pulled', () => {
  const pulling = viewOf(
    plan({ db: 'create' }),
    state(0, 'db', 'pulling'),
    event(1, {
      event: 'image-progress',
      image: 'postgres:17',
      current: 5e6,
      total: 10e6,
      status: 'pulling',
    }),
    event(2, { event: 'image-progress', image: 'app:1', status: 'trying again: EOF' }),
    event(3, {
      event: 'image-progress',
      image: 'done:1',
      current: 7,
      total: 7,
      status: 'pulled',
    }),
    event(4, {
      event: 'image-progress',
      image: 'api:1',
      current: 8e6,
      total: 8e6,
      status: 'extracting',
    }),
  );
  const lines = liveLines(pulling, { nowMs: startMs, style: plain, rows: 10 });
  expect(lines.slice(1)).toEqual([
    `  postgres:17  ${'━'.repeat(12)}${'─'.repeat(12)}   50 %  5.0 of 10.0 MB`,
    '  app:1        trying again: EOF',
    `  api:1        ${'━'.repeat(24)}  100 %  8.0 of 8.0 MB  extracting`,
  ]);
  applyEvent(pulling, state(9, 'db', 'starting'));
  expect(liveLines(pulling, { nowMs: startMs, style: plain, rows: 10 })).toHaveLength(1);
});

test('no line is wider than the terminal, and there are no more than fit', () => {
  const names = Array.from({ length: 30 }, (_, index) => `service-with-a-long-name-${index}`);
  const view = viewOf(
    plan(Object.fromEntries(names.map((name) => [name, 'create' as const]))),
    ...names.slice(0, 20).map((name) => state(1, name, 'ready')),
    state(5, names[25] ?? '', 'starting'),
    state(6, names[29] ?? '', 'failed'),
  );
  for (const columns of [12, 30, 200]) {
    const style = createTextStyle({ isColoured: true, columns });
    const lines = liveLines(view, { nowMs: startMs, style, rows: 5 });
    expect(lines).toHaveLength(5);
    expect(Math.max(...lines.map(widthOf))).toBeLessThan(columns);
  }
  const lines = liveLines(view, { nowMs: startMs, style: plain, rows: 5 }).join('\n');
  // What moves and what failed are worth the lines; the rest is counted.
  expect(lines).toContain('name-25');
  expect(lines).toContain('name-29');
  expect(lines).toContain('… 18 ready, 8 waiting');
});

test('a last frame stands still', () => {
  const view = viewOf(plan({ db: 'create' }), state(700, 'db', 'starting'));
  expect(liveLines(view, { nowMs: undefined, style: plain, rows: Infinity })).toEqual([
    '· db  starting       700 ms',
  ]);
});
