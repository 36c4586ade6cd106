import { expect, test } from 'vitest';
import { ready } from '../../../core/readiness/readiness.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { column, image, saw } from '../../rig/kernel.ts';

const waits = { run: image(), ready: ready.command(['check']) };
const oneShot = {
  migrate: { run: image() },
  api: { run: image(), dependsOn: { migrate: 'completed' } },
} as const;

/** An `up` of one service that is not ready, up to where it runs. */
async function awaiting() {
  const host = createTestHost({ config: { services: { db: waits } } });
  host.runner.setExec('db', { exitCode: 1, output: 'not yet' });
  const outcome = host.up();
  await saw(host, 'probe-failed');
  return { host, outcome };
}

test('an end that nobody saw is told as unknown, and its exit code is left out', async () => {
  const { host, outcome } = await awaiting();
  await using closing = host;
  closing.runner.exit('db', undefined);
  const { services } = await outcome;
  const { error, reason } = services['db'] ?? {};
  expect(error).toMatchObject({ code: 'DS_SERVICE_EXITED' });
  expect(error).not.toHaveProperty('exitCode');
  expect(reason?.text).toBe('db ended with exit code unknown before it was ready.');
  const failed = host.events.find((one) => one.event === 'service-state' && one.state === 'failed');
  expect(failed).not.toHaveProperty('exitCode');
  const [row] = await host.host.status();
  expect(row?.services['db']).toMatchObject({
    state: 'failed',
    reason: { text: 'ended with exit code unknown' },
  });
});

test('a one-shot that ended and nobody saw how has not completed', async () => {
  await using host = createTestHost({ config: { services: oneShot } });
  host.runner.exit('migrate', undefined);
  const outcome = await host.up();
  expect(column(outcome, 'state')).toEqual({ migrate: 'failed', api: 'skipped' });
  expect(outcome.services['migrate']?.error?.message).toContain('exit code unknown');
  await host.host.close();
  // It ended while no command of ours ran.
  host.runner.exit('migrate', 0);
  await using again = host.again();
  expect(column(await again.up(), 'state')).toEqual({ migrate: 'completed', api: 'ready' });
});

test('what ended between the look and the watch, and nobody saw how, did not end well', async () => {
  await using host = createTestHost({ config: { services: oneShot } });
  const up = host.up();
  await saw(host, 'running migrate');
  await host.host.close();
  await up.catch(() => {});
  await using again = host.again();
  const watching = host.runner.holdOn('watch');
  const outcome = again.up();
  await saw(again, 'plan-made');
  host.runner.exit('migrate', undefined);
  watching();
  expect((await outcome).services['migrate']?.error?.message).toContain('exit code unknown');
});

test('who dies after it was ready and nobody saw how is told as such', async () => {
  await using host = createTestHost({
    config: { services: { db: { run: image() }, slow: waits } },
  });
  host.runner.setExec('slow', { exitCode: 1, output: '' });
  const outcome = host.up();
  await saw(host, 'ready db');
  host.runner.exit('db', undefined);
  await saw(host, 'failed db');
  host.runner.exit('slow', 1);
  expect((await outcome).services['db']?.error?.message).toBe(
    'db ended with exit code unknown after it was ready, while others were awaited.',
  );
});

test('a policy that gives up while it is awaited makes a crash loop, with the number of ends', async () => {
  const { host, outcome } = await awaiting();
  await using closing = host;
  closing.runner.exit('db', 1, { willRestart: true });
  host.runner.writeLog('db', 'no such table');
  host.runner.change('db', { note: 'crash loop: gave up after 1 restart in a row' });
  host.runner.exit('db', 7);
  const { services } = await outcome;
  expect(services['db']?.error).toMatchObject({
    code: 'DS_SERVICE_CRASH_LOOP',
    exitCode: 7,
    logs: ['no such table'],
    message:
      'db ended 2 times while it was awaited, last with exit code 7: a crash loop (gave up after 1 restart in a row).',
  });
  const [row] = await host.host.status();
  expect(row?.services['db']?.reason).toEqual({
    code: 'exited',
    text: 'crash loop: gave up after 1 restart in a row',
  });
});

test('one end that no policy mends is no crash loop, nor is a good end after a bad one', async () => {
  const bad = await awaiting();
  bad.host.runner.exit('db', 7);
  expect((await bad.outcome).services['db']?.error?.code).toBe('DS_SERVICE_EXITED');
  await bad.host.close();
  const good = await awaiting();
  good.host.runner.exit('db', 7, { willRestart: true });
  good.host.runner.exit('db', 0);
  expect((await good.outcome).services['db']?.error).toMatchObject({
    code: 'DS_SERVICE_EXITED',
    exitCode: 0,
  });
  await good.host.close();
});

test('why it was given up is why it is started again', async () => {
  await using host = createTestHost({ config: { services: { db: { run: image() } } } });
  await host.up();
  await host.host.close();
  host.runner.change('db', { status: 'exited', exitCode: 1, note: 'gave up after 5 restarts' });
  await using again = host.again();
  expect((await again.up()).services['db']).toMatchObject({
    action: 'started',
    reason: { code: 'not-running', text: 'gave up after 5 restarts' },
  });
});
