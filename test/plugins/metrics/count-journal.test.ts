import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DevServicesEvent, EventBody } from '../../../core/events.ts';
import { createJournalCount } from '../../../plugins/metrics/count-journal.ts';
import { imagePath } from '../../../plugins/metrics/image-path.ts';
import { recordCounts } from './recorded-counts.ts';

const at = '2026-11-23T09:00:00.000Z';
const countAll = (events: readonly (EventBody & { run?: string })[]) => {
  const counts = recordCounts();
  const count = createJournalCount(counts);
  for (const event of events) count({ at, project: 'shop', run: 'one', ...event });
  return counts.said;
};

const state = (service: string, now: string, elapsedMs: number, more: object = {}) =>
  ({
    event: 'service-state',
    service,
    state: now,
    runner: 'docker',
    elapsedMs,
    ...more,
  }) as EventBody & { run?: string };
const plan = (
  actions: Readonly<Record<string, 'create' | 'recreate' | 'start' | 'unchanged'>>,
) => ({
  event: 'plan-made' as const,
  services: Object.fromEntries(
    Object.entries(actions).map(([name, action]) => [
      name,
      { action, reason: { code: 'x', text: 'x' }, runner: 'docker' },
    ]),
  ),
});
const finished = (
  task: string,
  exitCode: number,
  more: object = {},
): EventBody & { run?: string } => ({
  event: `${task}-finished`,
  ok: exitCode === 0,
  exitCode,
  elapsedMs: 700,
  errors: [],
  services: {},
  ...more,
});

test('a service counts when it is asked to start, and its time from then until it is ready', () => {
  const said = countAll([
    plan({ db: 'create', cache: 'unchanged' }),
    state('cache', 'ready', 5),
    state('db', 'pulling', 10),
    state('db', 'starting', 400),
    state('db', 'running', 450),
    state('db', 'ready', 1400),
    // Restarted by its policy, and ready again: nobody asked for that.
    state('db', 'unhealthy', 2000),
    state('db', 'ready', 2500),
  ]);
  expect(said).toEqual([
    'services.started{action=create runner=docker service=db} 1',
    'service.time_to_ready{runner=docker service=db} 1000',
  ]);
});

test('one that is stopped and started again, or made anew, is a restart', () => {
  const said = countAll([
    plan({ db: 'start', api: 'recreate', web: 'start' }),
    state('db', 'stopped', 30),
    state('db', 'starting', 10),
    state('api', 'starting', 10),
    state('web', 'starting', 10),
    // Of another task, which began meanwhile.
    { ...state('web', 'stopped', 10), run: 'two' },
    state('db', 'completed', 60),
  ]);
  expect(said.filter((line) => line.startsWith('service.restarts'))).toEqual([
    'service.restarts{runner=docker service=db} 1',
    'service.restarts{runner=docker service=api} 1',
  ]);
  expect(said).toContain('service.time_to_ready{runner=docker service=db} 50');
});

test('what failed is told by its code, and is not ready', () => {
  const said = countAll([
    state('db', 'starting', 10),
    state('db', 'failed', 90, {
      reason: { code: 'DS_SERVICE_EXITED', text: 'with a path: /home/ada' },
    }),
    state('api', 'failed', 90),
  ]);
  expect(said).toEqual([
    'services.started{action=start runner=docker service=db} 1',
    'service.failed{code=DS_SERVICE_EXITED service=db} 1',
    'service.failed{code=unknown service=api} 1',
  ]);
});

test('a pull counts at its end, by image without tag and digest, with the bytes that were fetched', () => {
  const image = 'registry.example.org:5000/team/app:1.2';
  const progress = (more: object) => ({ event: 'image-progress', image, ...more }) as EventBody;
  const said = countAll([
    progress({ status: 'pulling', current: 10, total: 100 }),
    progress({ status: 'trying again: refused' }),
    progress({ status: 'pulled', current: 4000, total: 4000, elapsedMs: 250 }),
    progress({ status: 'up to date', elapsedMs: 20 }),
    progress({ status: 'not pulled' }),
  ]);
  const name = 'image=registry.example.org:5000/team/app';
  expect(said).toEqual([
    `pulls{${name} result=pulled} 1`,
    `pull.ms{${name} result=pulled} 250`,
    `pull.bytes{${name}} 4000`,
    `pulls{${name} result=up_to_date} 1`,
    `pull.ms{${name} result=up_to_date} 20`,
    `pulls{${name} result=failed} 1`,
  ]);
});

test.each([
  ['redis', 'redis'],
  ['redis:7-alpine', 'redis'],
  ['localhost:5000/redis', 'localhost:5000/redis'],
  ['localhost:5000/redis:7@sha256:0123', 'localhost:5000/redis'],
  ['sha256:0123', 'sha256'],
  ['', 'unknown'],
])('the path of the image %s is %s', (reference, path) => {
  expect(imagePath(reference)).toBe(path);
});

test('taps, phases, tasks and calls of the API', () => {
  const error = { code: 'DS_PLUGIN_THREW', blame: 'plugin', message: 'm', hint: 'h' } as const;
  const called = {
    event: 'api-called',
    path: '/services/db',
    by: 'os:ada',
    elapsedMs: 12,
  } as const;
  const said = countAll([
    { event: 'hook-ended', plugin: 'mailpit', hook: 'serviceReady(db)', elapsedMs: 7 },
    { event: 'hook-failed', plugin: 'mailpit', hook: 'afterHealth', error },
    { event: 'phase-ended', phase: 'prepare', service: 'db', elapsedMs: 30, ok: true },
    { ...called, method: 'POST', status: 200 },
    { ...called, method: 'BREW', status: 405 },
    finished('up', 0),
    finished('up', 1),
    finished('down', 130),
    finished('serve', 143),
  ]);
  expect(said).toEqual([
    'hook.ms{hook=serviceReady plugin=mailpit} 7',
    'hook.failed{code=DS_PLUGIN_THREW hook=afterHealth plugin=mailpit} 1',
    'phase.ms{phase=prepare} 30',
    'api.requests{method=POST status=200} 1',
    'api.ms{method=POST status=200} 12',
    'api.requests{method=other status=405} 1',
    'api.ms{method=other status=405} 12',
    'task.ms{result=success task=up} 700',
    'task.ms{result=failure task=up} 700',
    'task.ms{result=interrupted task=down} 700',
    'task.ms{result=interrupted task=serve} 700',
  ]);
});

test('what a run left behind is no matter of the next one', () => {
  const said = countAll([
    plan({ db: 'recreate' }),
    state('db', 'starting', 10),
    finished('up', 70),
    state('db', 'ready', 90),
    state('db', 'starting', 10),
  ]);
  expect(said.filter((line) => !line.startsWith('task.ms'))).toEqual([
    'services.started{action=recreate runner=docker service=db} 1',
    'service.restarts{runner=docker service=db} 1',
    'services.started{action=start runner=docker service=db} 1',
  ]);
});

test('whatever stands in a journal, counting goes on, and no amount is below zero', () => {
  const kinds = [
    'plan-made',
    'service-state',
    'image-progress',
    'hook-ended',
    'hook-failed',
    'phase-ended',
    'api-called',
    'up-finished',
  ];
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('db', 'starting', 'ready', 'pulled', -5));
  const fields = fc.dictionary(
    fc.constantFrom(
      'service',
      'state',
      'runner',
      'elapsedMs',
      'services',
      'image',
      'status',
      'current',
      'run',
      'plugin',
      'hook',
      'error',
      'phase',
      'method',
      'exitCode',
      'errors',
      'ok',
      'reason',
    ),
    value,
    { maxKeys: 12 },
  );
  const strange = fc.record({ event: fc.constantFrom(...kinds), fields });
  fc.assert(
    fc.property(fc.array(strange, { maxLength: 20 }), (events) => {
      const counts = recordCounts();
      const count = createJournalCount(counts);
      for (const one of events) {
        count({ ...one.fields, event: one.event } as unknown as DevServicesEvent);
      }
      const before = counts.said.length;
      count({ at, project: 'shop', event: 'phase-ended', phase: 'x', elapsedMs: 1, ok: true });
      expect(counts.said.length).toBe(before + 1);
      expect(counts.said.filter((line) => /-\d|NaN/.test(line.split('} ')[1] ?? ''))).toEqual([]);
    }),
    { numRuns: 500, seed: 7 },
  );
});
