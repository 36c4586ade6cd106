import { expect, test } from 'vitest';
import type { DevServicesEvent, TaskFinished } from '../../../core/events.ts';
import { closingLines } from '../../../core/render/closing-lines.ts';
import { applyEvent, createRunView } from '../../../core/render/run-view.ts';
import { event, finished, plain, plan, report, state } from './event-script.ts';

function close(events: readonly DevServicesEvent[], end: TaskFinished) {
  const view = createRunView();
  for (const one of events) applyEvent(view, one);
  return closingLines(view, { finished: end, hasTimings: false }, { out: plain, err: plain });
}

const at = (port: number) => ({ host: '127.0.0.1', port });

test('the closing table: what was done, how long it took, where it is reached', () => {
  const services = {
    postgres: report({ endpoints: { sql: at(5432) } }),
    redis: report({ action: 'unchanged', elapsedMs: 3, endpoints: { redis: at(6379) } }),
    mail: report({
      action: 'recreated',
      reason: { code: 'changed', text: 'environment.MODE changed' },
      endpoints: { smtp: at(1025), ui: at(8025) },
    }),
    migrate: report({ state: 'completed', elapsedMs: 900 }),
  };
  const { out, err } = close([], finished({ services }));
  expect(out).toEqual([
    '✔  postgres  ready      created    1.2 s   127.0.0.1:5432',
    '✔  redis     ready      unchanged          127.0.0.1:6379',
    '✔  mail      ready      recreated  1.2 s   smtp 127.0.0.1:1025  ui 127.0.0.1:8025  environment.MODE changed',
    '✔  migrate   completed  created    900 ms',
    '',
    '3 ready, 1 completed (3.4 s)',
  ]);
  expect(err).toEqual([]);
});

test('a no-op says so; what the selection left out is not news', () => {
  const services = {
    redis: report({ action: 'unchanged', elapsedMs: 0 }),
    other: report({
      state: 'skipped',
      action: 'skipped',
      reason: { code: 'not-named', text: 'not named' },
    }),
  };
  const { out } = close([plan({ redis: 'unchanged' })], finished({ services, elapsedMs: 80 }));
  expect(out).toEqual(['✔  redis  ready  unchanged', '', '1 ready, nothing to do (80 ms)']);
});

test('a failure explains itself: first cause first, probe, log, what it took along, what to do', () => {
  const failure = {
    code: 'DS_SERVICE_EXITED',
    blame: 'outcome',
    message: 'db ended with exit code 1 before it was ready.',
    hint: 'Look at its log.',
    lastProbe: 'connection refused',
    logs: ['starting\u001B[2J', 'cannot open /data'],
  } as const;
  const later = { ...failure, code: 'DS_LATER', message: 'web failed too.', logs: [] };
  const skipped = (text: string) =>
    report({ state: 'skipped', action: 'skipped', reason: { code: 'dependency-failed', text } });
  const failed = {
    state: 'failed',
    action: 'failed',
    reason: { code: 'x', text: 'ended' },
  } as const;
  const services = {
    web: report({ ...failed, error: later }),
    api: skipped('db failed'),
    worker: skipped('api was skipped'),
    db: report({ ...failed, error: failure }),
  };
  const other = {
    code: 'DS_HOOK',
    blame: 'plugin',
    message: 'A hook failed.',
    hint: 'Mend it.',
  } as const;
  const { out, err } = close(
    [
      plan({ web: 'create', api: 'create', worker: 'create', db: 'create' }),
      state(100, 'db', 'failed'),
      state(200, 'web', 'failed'),
    ],
    finished({ ok: false, exitCode: 4, services, errors: [later, failure, other] }),
  );
  expect(out.at(-1)).toBe('2 failed, 2 skipped (3.4 s)');
  expect(err.join('\n')).toBe(`
✘ db ended with exit code 1 before it was ready.
  Last attempt to reach it: connection refused
  The last lines of its log:
    │ starting
    │ cannot open /data
  Skipped because of it: api, worker
  → Look at its log. DS_SERVICE_EXITED

✘ web failed too.
  Last attempt to reach it: connection refused
  → Look at its log. DS_LATER

✘ A hook failed.
  → Mend it. DS_HOOK`);
});

test('a dry run shows the plan; a task that was cut short, where each service stood', () => {
  const dry = close([plan({ db: 'create', redis: 'unchanged' })], finished());
  expect(dry.out).toEqual([
    '+  db     would create  docker  to create',
    '=  redis  unchanged     docker  to unchanged',
  ]);
  const interruption = {
    code: 'DS_TASK_INTERRUPTED',
    blame: 'outcome',
    message: 'Interrupted by SIGINT.',
    hint: 'Again.',
  } as const;
  const cut = close(
    [plan({ db: 'create', redis: 'create' }), state(50, 'db', 'ready')],
    finished({ ok: false, exitCode: 130, errors: [interruption] }),
  );
  expect(cut.out).toEqual(['✔ db     ready          50 ms', '· redis  waiting']);
  expect(cut.err[1]).toContain('Interrupted by SIGINT.');
});

test('Ctrl-C in the middle is said once, whatever it cut short, and the last line counts all', () => {
  const interruption = {
    code: 'DS_TASK_INTERRUPTED',
    blame: 'outcome',
    message: 'Interrupted by SIGINT.',
    hint: 'Again.',
  } as const;
  const cut = { action: 'failed', error: interruption } as const;
  const services = {
    redis: report(),
    db: report({ ...cut, state: 'starting', action: 'created' }),
    web: report({ ...cut, state: 'pending', elapsedMs: 0 }),
  };
  const { out, err } = close(
    [plan({ redis: 'create', db: 'create', web: 'create' })],
    finished({ ok: false, exitCode: 130, services, errors: [interruption] }),
  );
  expect(out.at(-1)).toBe('1 ready, 1 starting, 1 pending (3.4 s)');
  expect(err.join('\n').match(/Interrupted/g)).toHaveLength(1);
});

test('a build that fails before there is a plan shows its last lines, and no bar is left behind', () => {
  const failure = {
    code: 'DS_BUILD_FAILED',
    blame: 'outcome',
    message: 'The image of api could not be built.',
    hint: 'Look at the lines.',
    logs: ['Step 1/2', 'oops: not found'],
  } as const;
  const progress = event(10, {
    event: 'image-progress',
    image: 'shop_api',
    status: 'building',
    current: 1,
    total: 2,
  });
  const { out, err } = close(
    [progress],
    finished({ ok: false, exitCode: 1, errors: [failure], services: {} }),
  );
  expect(out).toEqual([]);
  expect(err).toEqual([
    [
      '✘ The image of api could not be built.',
      '  The last lines of its log:',
      '    │ Step 1/2',
      '    │ oops: not found',
      '  → Look at the lines. DS_BUILD_FAILED',
    ].join('\n'),
  ]);
});

test('what failed keeps to its line of the table: the whole of it stands below', () => {
  const message = `The image of api could not be built: ${'a long way to say no '.repeat(8)}.`;
  const error = { code: 'DS_X', blame: 'outcome', message, hint: 'Again.' } as const;
  const services = {
    api: report({ state: 'failed', action: 'failed', reason: { code: 'x', text: message }, error }),
  };
  const { out, err } = close([], finished({ ok: false, exitCode: 1, services, errors: [error] }));
  expect(out[0]).toHaveLength(plain.columns - 1);
  expect(out[0]).toMatch(/…$/);
  expect(err.join('\n')).toContain(message);
});

test('a task without services says nothing when all is well', () => {
  expect(close([], finished())).toEqual({ out: [], err: [] });
});

test('--timings: the critical path in its order, then the rest by length', () => {
  const view = createRunView();
  const phase = (endMs: number, elapsedMs: number, name: string, service?: string) =>
    applyEvent(
      view,
      event(endMs, {
        event: 'phase-ended',
        phase: name,
        elapsedMs,
        ok: true,
        ...(service === undefined ? {} : { service }),
      }),
    );
  phase(100, 100, 'load');
  phase(600, 500, 'pull', 'db');
  phase(300, 200, 'pull', 'redis');
  phase(900, 300, 'ready', 'db');
  phase(1300, 400, 'ready', 'api');
  phase(1300, 1200, 'start');
  const { out } = closingLines(
    view,
    { finished: finished(), hasTimings: true },
    { out: plain, err: plain },
  );
  expect(out).toEqual([
    '',
    'Critical path',
    '         load     100 ms  +0 ms',
    '  db     pull     500 ms  +100 ms',
    '  db     ready    300 ms  +600 ms',
    '  api    ready    400 ms  +900 ms',
    'Beside it',
    '         start     1.2 s  +100 ms',
    '  redis  pull     200 ms  +100 ms',
  ]);
});
