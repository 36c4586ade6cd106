import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EventFrame } from '../../../plugins/sentry/build-event.ts';
import { errorEvent } from '../../../plugins/sentry/build-event.ts';
import { sentryOptions } from '../../../plugins/sentry/options.ts';
import { buildTransaction } from '../../../plugins/sentry/trace/build-transaction.ts';
import { createTraceContext } from '../../../plugins/sentry/trace/trace-context.ts';
import { emitted } from './trace/emitted.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../plugins/sentry/README.md'), 'utf8');
const examples = [...readme.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, text = '']) => JSON.parse(text) as unknown,
);

let drawn = 0xa0;
const trace = createTraceContext({
  sampleRate: 1,
  environment: 'development',
  release: 'devservices@0.1.0',
  random: (size) => new Uint8Array(size).fill((drawn += 1)),
});

const frame: EventFrame = {
  release: 'devservices@0.1.0',
  environment: 'development',
  traceId: trace.traceId,
  rootSpanId: trace.rootSpanId,
  tags: {
    checkout: '5f0c1a2b',
    task: 'up',
    revision: '0123456789abcdef0123456789abcdef01234567',
    machine: 'laptop-7',
  },
};

/** What differs with each run and each machine, as the page has it. */
function settled(value: unknown): unknown {
  const ids = new Map<string, string>();
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'event_id') return 'e'.repeat(32);
    if (key === 'runtime') return { name: 'node', version: 'v20.20.2' };
    return key === 'os' ? { name: 'linux' } : inner;
  });
  const numbered = text.replaceAll(/"[0-9a-f]{16}"/g, (id) => {
    const known = ids.get(id) ?? `"${String(ids.size + 1).padStart(16, '0')}"`;
    ids.set(id, known);
    return known;
  });
  return JSON.parse(numbered);
}

test('the transaction of the page is what is sent', () => {
  const events = emitted([
    [0, { event: 'task-started', task: 'up', pid: 1, version: '0.1.0' }],
    [12, { event: 'phase-started', phase: 'start' }],
    [
      15,
      {
        event: 'service-state',
        service: 'redis',
        state: 'starting',
        runner: 'docker',
        elapsedMs: 0,
      },
    ],
    [
      340,
      {
        event: 'service-state',
        service: 'redis',
        state: 'running',
        runner: 'docker',
        elapsedMs: 325,
      },
    ],
    [
      372,
      {
        event: 'service-state',
        service: 'redis',
        state: 'ready',
        runner: 'docker',
        elapsedMs: 357,
      },
    ],
    [373, { event: 'phase-ended', phase: 'start', elapsedMs: 361, ok: true }],
    [
      380,
      { event: 'up-finished', ok: true, exitCode: 0, elapsedMs: 380, errors: [], services: {} },
    ],
  ]);
  const told = buildTransaction(frame, trace, { events, task: 'up' });
  expect(examples[0]).toEqual(settled(told));
});

test('the error of the page is what is sent', () => {
  const event = errorEvent(frame, {
    code: 'DS_PLUGIN_THREW',
    blame: 'plugin',
    atMs: Date.UTC(2026, 0, 1),
    frames: ['tasks/plugins/mail.ts:14:9 openMailbox', 'core/plugin/plugin-hooks.ts:131:5'],
    plugin: 'mail',
    hook: 'afterHealth',
  });
  expect(examples[1]).toEqual(settled(event));
});

test('the table names every option', () => {
  const rows = [...readme.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
  const known = ['dsn', 'machine', ...Object.keys(sentryOptions.parse(undefined))];
  expect(known.filter((name) => !rows.includes(name))).toEqual([]);
});
