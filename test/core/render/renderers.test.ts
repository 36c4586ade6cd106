import { expect, test } from 'vitest';
import { createJsonRenderer } from '../../../core/render/json-renderer.ts';
import { createPlainRenderer } from '../../../core/render/plain-renderer.ts';
import { createQuietRenderer } from '../../../core/render/quiet-renderer.ts';
import type { RenderOptions } from '../../../core/render/renderer.ts';
import { createTerminalRenderer } from '../../../core/render/terminal-renderer.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { event, finished, plan, recordOutput, report, startMs, state } from './event-script.ts';

const hideCursor = '\u001B[?25l';
const showCursor = '\u001B[?25h';

function createStage(more: Partial<RenderOptions> & { columns?: number } = {}) {
  const isTerminal = true;
  const out = recordOutput({ isTerminal, columns: more.columns ?? 60 });
  const err = recordOutput({ isTerminal });
  const clock = createFakeClock(startMs);
  const options: RenderOptions = {
    out,
    err,
    clock,
    isColoured: { out: false, err: false },
    isVerbose: false,
    isQuery: false,
    logFormat: () => 'human',
    ...more,
  };
  return { out, err, clock, options };
}

/** What a terminal shows after these bytes, as far as this program uses one. */
function screenOf(bytes: string): string[] {
  const rows = [''];
  let row = 0;
  // oxlint-disable-next-line no-control-regex -- a terminal's input is control characters
  for (const [token] of bytes.matchAll(/\u001B\[\??\d*[A-Za-z]|\r|\n|[^\u001B\r\n]+/g)) {
    const up = /\[(\d+)A$/.exec(token)?.[1];
    if (up !== undefined) row -= Number(up);
    else if (token === '\n') rows[++row] ??= '';
    else if (token.endsWith('[J')) rows.splice(row, Infinity, '');
    else if (!token.startsWith('\u001B') && token !== '\r') rows[row] = token;
  }
  return rows.filter((line, index) => line !== '' || index < rows.length - 1);
}

test('on a terminal: each frame replaces the last, and the table takes its place', () => {
  const { out, err, clock, options } = createStage();
  const renderer = createTerminalRenderer(options);
  renderer.onEvent(plan({ db: 'create' }));
  expect(out.take()).toContain(hideCursor);
  renderer.onEvent(event(5, { event: 'message', level: 'warn', text: 'careful' }));
  expect(err.text).toBe('! careful\n');
  renderer.onEvent(state(20, 'db', 'starting'));
  renderer.finish({
    finished: finished({
      services: { db: report({ endpoints: { sql: { host: '127.0.0.1', port: 5432 } } }) },
    }),
    hasTimings: false,
  });
  expect(screenOf(out.text)).toEqual([
    '✔  db  ready  created  1.2 s  127.0.0.1:5432',
    '',
    '1 ready (3.4 s)',
  ]);
  expect(out.text.lastIndexOf(showCursor)).toBeGreaterThan(out.text.lastIndexOf(hideCursor));
  renderer.close();
  expect(clock.sleeping).toBe(0);
});

test('frames come at most every 50 ms, tick while something moves, and stop when nothing does', async () => {
  const { out, clock, options } = createStage();
  const renderer = createTerminalRenderer(options);
  renderer.onEvent(plan({ db: 'create' }));
  const first = out.take();
  expect(first).toContain('· db');
  renderer.onEvent(state(10, 'db', 'starting'));
  renderer.onEvent(state(20, 'db', 'running'));
  expect(out.take()).toBe('');
  await clock.advance(49);
  expect(out.take()).toBe('');
  await clock.advance(1);
  expect(out.take()).toContain('getting ready');
  await clock.advance(1000);
  expect(out.take().split('\u001B[J').length - 1).toBe(10);
  renderer.onEvent(state(1100, 'db', 'ready'));
  await clock.advance(50);
  expect(out.take()).toContain('✔ db');
  expect(clock.sleeping).toBe(0);
  await clock.advance(10_000);
  expect(out.take()).toBe('');
  renderer.close();
});

test('a narrower terminal wraps what was drawn: the next frame starts above all of it', () => {
  const { out, options } = createStage({ columns: 60 });
  const renderer = createTerminalRenderer(options);
  renderer.onEvent(plan({ 'a-service-with-a-name-of-forty-characters': 'create', b: 'create' }));
  out.take();
  out.resize(20);
  renderer.close();
  // Both lines were 52 columns wide: three rows each, now.
  expect(out.take()).toContain('\u001B[6A');
});

test('whoever gets the terminal has it: nothing is drawn over what comes', async () => {
  const { out, clock, options } = createStage();
  const renderer = createTerminalRenderer(options);
  renderer.onEvent(plan({ db: 'create' }));
  renderer.onEvent(state(5, 'db', 'starting'));
  renderer.yieldTerminal();
  expect(out.take()).toContain(showCursor);
  renderer.onEvent(state(10, 'db', 'starting'));
  await clock.advance(1000);
  expect(out.take()).toBe('');
});

test('what stays above whoever gets the terminal is how things stand, and turns no more', () => {
  const { out, options } = createStage();
  const renderer = createTerminalRenderer(options);
  renderer.onEvent(plan({ db: 'create', web: 'create' }));
  renderer.onEvent(state(10, 'db', 'ready'));
  renderer.onEvent(state(20, 'web', 'running'));
  renderer.yieldTerminal();
  expect(screenOf(out.text)).toEqual([
    '✔ db   ready          10 ms',
    '▸ web  getting ready  20 ms',
  ]);
  const untouched = createStage();
  createTerminalRenderer(untouched.options).yieldTerminal();
  expect(untouched.out.text).toBe('');
});

test('lines of logs stand above, once there is no plan that they would drown', () => {
  const log = event(1, { event: 'log', service: 'db', stream: 'stdout', text: 'hello' });
  const logs = createStage();
  createTerminalRenderer(logs.options).onEvent(log);
  expect(logs.out.text).toBe('db | hello\n');
  const up = createStage();
  const renderer = createTerminalRenderer(up.options);
  renderer.onEvent(plan({ db: 'create' }));
  renderer.onEvent(log);
  expect(up.out.text).not.toContain('hello');
  renderer.close();
});

test('off a terminal: a line for each change', () => {
  const { out, err, options } = createStage();
  const renderer = createPlainRenderer(options);
  for (const one of [
    plan({ db: 'create' }),
    state(0, 'db', 'pulling'),
    event(1, {
      event: 'image-progress',
      image: 'postgres:17',
      status: 'pulling',
    }),
    event(3, { event: 'message', level: 'info', text: 'Mail page: x', plugin: 'mail' }),
    state(1000, 'db', 'starting'),
    event(1100, { event: 'probe-failed', service: 'db', attempt: 1, text: 'refused' }),
    state(2100, 'db', 'ready'),
  ]) {
    renderer.onEvent(one);
  }
  expect(out.text).toBe('db: pulling\npostgres:17: pulling\ndb: starting\ndb: ready after 2.1 s\n');
  expect(err.text).toBe('mail: Mail page: x\n');
});

test('as JSON: each event a line up to the end, and what is said on stderr', () => {
  const { out, err, options } = createStage();
  const renderer = createJsonRenderer(options);
  const end = finished();
  renderer.onEvent(state(1, 'db', 'ready'));
  renderer.onEvent(event(2, { event: 'message', level: 'info', text: 'hello' }));
  renderer.onEvent(event(3, end));
  renderer.onEvent(state(4, 'db', 'stopped'));
  renderer.finish({ finished: end, hasTimings: true });
  const lines = out.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { event: string });
  expect(lines.map((line) => line.event)).toEqual(['service-state', 'up-finished']);
  expect(err.text).toBe('hello\n');
});

test('an answer: one document for programs, text for people, nothing else on stdout', () => {
  const answer = { document: { a: 1 }, text: () => 'a is 1' };
  const json = createStage({ isQuery: true });
  const asJson = createJsonRenderer(json.options);
  const asText = createStage({ isQuery: true });
  const plainRenderer = createPlainRenderer(asText.options);
  for (const renderer of [asJson, plainRenderer]) {
    renderer.onEvent(state(1, 'db', 'ready'));
    renderer.finish({ finished: finished(), answer, hasTimings: false });
  }
  expect(JSON.parse(json.out.text)).toEqual({ a: 1 });
  expect(asText.out.text).toBe('a is 1\n');
});

test('quiet: warnings, errors and answers', () => {
  const { out, err, options } = createStage();
  const renderer = createQuietRenderer(options);
  renderer.onEvent(state(1, 'db', 'ready'));
  renderer.onEvent(event(2, { event: 'message', level: 'info', text: 'hello' }));
  renderer.onEvent(event(2, { event: 'message', level: 'error', text: 'bad' }));
  renderer.finish({ finished: finished({ services: { db: report() } }), hasTimings: false });
  expect(out.text).toBe('');
  expect(err.text).toBe('✘ bad\n');
});

test('a project may have its log as JSON lines', () => {
  const { err, options } = createStage({ logFormat: () => 'json' });
  createPlainRenderer(options).onEvent(
    event(0, { event: 'message', level: 'warn', text: 'careful', plugin: 'mail' }),
  );
  expect(JSON.parse(err.text)).toEqual({
    at: '2026-01-01T00:00:00.000Z',
    level: 'warn',
    plugin: 'mail',
    text: 'careful',
  });
});
