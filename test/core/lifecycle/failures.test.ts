import { expect, test } from 'vitest';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { defineErrors, entry } from '../../../core/errors/error.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { column, image, saw, told } from '../../rig/kernel.ts';

const never = { exitCode: 1, output: 'FATAL: starting up' };
const waits = { run: image(), ready: ready.command(['check']) };

const errors = defineErrors({
  DS_TEST_GONE: entry<object>({
    blame: 'environment',
    title: 'Gone',
    message: () => 'The engine is gone.',
    hint: () => 'Start it.',
  }),
});

test('an exit while awaited fails at once, with exit code and the last 20 lines', async () => {
  const clock = createFakeClock();
  await using host = createTestHost({
    clock,
    config: {
      services: {
        db: waits,
        api: { run: image(), dependsOn: ['db'] },
        web: { run: image(), dependsOn: ['api'] },
        other: { run: image() },
      },
    },
  });
  host.runner.setExec('db', never);
  const done = host.up();
  await saw(host, 'probe-failed');
  for (let line = 1; line <= 25; line++) host.runner.writeLog('db', `line ${line}`);
  host.runner.exit('db', 3);
  const outcome = await done;
  expect(clock.monotonic()).toBe(0);
  expect(outcome.services['db']).toMatchObject({
    state: 'failed',
    action: 'failed',
    error: { code: 'DS_SERVICE_EXITED', exitCode: 3, lastProbe: expect.stringContaining('FATAL') },
  });
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 6}`);
  expect(outcome.services['db']?.error?.logs).toEqual(lines);
  expect(column(outcome, 'state')).toEqual({
    db: 'failed',
    api: 'skipped',
    web: 'skipped',
    other: 'ready',
  });
  expect(outcome.services['api']?.reason).toEqual({ code: 'dependency-failed', text: 'db failed' });
  expect(outcome.services['web']?.reason.text).toBe('api was skipped');
  expect(resolveExitCode(outcome.errors)).toBe(1);
});

test('what was prepared for a skipped dependant does not stay behind', async () => {
  await using host = createTestHost({
    config: { services: { db: waits, api: { run: image(), dependsOn: ['db'] } } },
  });
  host.runner.setExec('db', never);
  host.runner.exit('db', 1);
  await host.up();
  expect(host.runner.calls).toContain('remove api');
  expect([...host.runner.instances.keys()]).toEqual(['db']);
});

test('a leftover that cannot be removed is reported beside the failure that made it one', async () => {
  await using host = createTestHost({
    config: { services: { db: waits, api: { run: image(), dependsOn: ['db'] } } },
  });
  host.runner.setExec('db', never);
  host.runner.exit('db', 1);
  host.runner.failOn('remove api', errors.create('DS_TEST_GONE', {}));
  const outcome = await host.up();
  expect(outcome.errors.map(({ code }) => code)).toEqual(['DS_SERVICE_EXITED', 'DS_TEST_GONE']);
});

test('an exit that comes before the start request has returned is not missed', async () => {
  await using host = createTestHost({ config: { services: { db: waits } } });
  host.runner.setExec('db', never);
  host.runner.exit('db', 7);
  const { services } = await host.up();
  expect(services['db']?.error).toMatchObject({ code: 'DS_SERVICE_EXITED', exitCode: 7 });
});

test('exits that the policy mends are a crash loop when they go on', async () => {
  await using host = createTestHost({ config: { services: { db: waits } } });
  host.runner.setExec('db', never);
  const done = host.up();
  await saw(host, 'running db');
  for (const code of [1, 1, 137]) host.runner.exit('db', code, { willRestart: true });
  const { services } = await done;
  expect(services['db']?.error).toMatchObject({ code: 'DS_SERVICE_CRASH_LOOP', exitCode: 137 });
});

test('one or two exits that the policy mends fail nothing', async () => {
  await using host = createTestHost({ config: { services: { db: waits } } });
  let answer = never;
  host.runner.setExec('db', async () => answer);
  const done = host.up();
  await saw(host, 'running db');
  host.runner.exit('db', 1, { willRestart: true });
  host.runner.exit('db', 1, { willRestart: true });
  answer = { exitCode: 0, output: '' };
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
});

test('a service that somebody removes while it is awaited is named', async () => {
  await using host = createTestHost({ config: { services: { db: waits } } });
  host.runner.setExec('db', never);
  const done = host.up();
  await saw(host, 'probe-failed');
  host.runner.vanish('db');
  const { services, errors: thrown } = await done;
  expect(services['db']?.error?.code).toBe('DS_SERVICE_REMOVED');
  expect(resolveExitCode(thrown)).toBe(1);
});

test('a ready service that is only seen to be gone has failed too', async () => {
  const services = { first: { run: image() }, db: { ...waits, dependsOn: ['first'] } };
  await using host = createTestHost({ config: { services } });
  host.runner.setExec('db', never);
  const done = host.up();
  await saw(host, 'probe-failed');
  host.runner.exit('first', 137, { willRestart: true });
  host.runner.vanish('first');
  host.runner.exit('db', 1);
  const outcome = await done;
  expect(outcome.services['first']).toMatchObject({
    state: 'failed',
    error: { code: 'DS_SERVICE_REMOVED' },
  });
  expect(resolveExitCode(outcome.errors)).toBe(1);
});

test('a runner that loses sight ends the wait with its own error', async () => {
  await using host = createTestHost({ config: { services: { db: waits } } });
  host.runner.setExec('db', never);
  const done = host.up();
  await saw(host, 'probe-failed');
  host.runner.lose(errors.create('DS_TEST_GONE', {}));
  const { services, errors: thrown } = await done;
  expect(services['db']?.error?.code).toBe('DS_TEST_GONE');
  expect(resolveExitCode(thrown)).toBe(3);
});

test('who dies after it was ready, while others are awaited, has failed', async () => {
  await using host = createTestHost({
    config: {
      services: {
        db: { run: image() },
        slow: waits,
        api: { run: image(), dependsOn: ['db', 'slow'] },
      },
    },
  });
  let answer = never;
  host.runner.setExec('slow', async () => answer);
  const done = host.up();
  await saw(host, 'ready db');
  host.runner.writeLog('db', 'out of memory');
  host.runner.exit('db', 137);
  await saw(host, 'failed db');
  answer = { exitCode: 0, output: '' };
  const outcome = await done;
  expect(column(outcome, 'state')).toEqual({ db: 'failed', slow: 'ready', api: 'skipped' });
  expect(outcome.services['db']?.error).toMatchObject({
    code: 'DS_SERVICE_EXITED',
    exitCode: 137,
    logs: ['out of memory'],
  });
  expect(outcome.services['db']?.error?.message).toContain('after it was ready');
});

test('a start request that fails is that service’s failure', async () => {
  await using host = createTestHost({
    config: { services: { db: { run: image() }, api: { run: image(), dependsOn: ['db'] } } },
  });
  host.runner.failOn('start db', errors.create('DS_TEST_GONE', {}));
  const outcome = await host.up();
  expect(outcome.services['db']).toMatchObject({
    state: 'failed',
    error: { code: 'DS_TEST_GONE', hint: 'Start it.' },
  });
  expect(column(outcome, 'state')['api']).toBe('skipped');
  expect([...host.runner.instances.keys()]).toEqual([]);
});

test('a step that fails fails its service; `warn` only says so', async () => {
  const fail = () => {
    throw new Error('relation "users" does not exist');
  };
  await using host = createTestHost({
    config: {
      services: {
        db: { run: image(), onReady: fail },
        api: { run: image(), dependsOn: ['db'] },
        mail: { run: image(), onReady: { run: fail, onFailure: 'warn' } },
      },
    },
  });
  const outcome = await host.up();
  expect(outcome.services['db']?.error).toMatchObject({
    code: 'DS_SERVICE_READY_STEP',
    message: expect.stringContaining('relation "users"'),
  });
  expect(column(outcome, 'state')).toEqual({ db: 'failed', api: 'skipped', mail: 'ready' });
  expect(host.events.some((one) => one.event === 'message' && one.level === 'warn')).toBe(true);
  expect(told(host.events)).toContain('phase-ended on-ready db');
});
