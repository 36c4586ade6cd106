import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { ready, type Readiness } from '../../../core/readiness/readiness.ts';
import type { ContainerFields } from '../../../core/run/run.ts';
import type { Port, Service } from '../../../core/service/service.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, saw, told } from '../../rig/kernel.ts';

const one = (fields: Partial<Service> = {}) => ({ services: { db: { run: image(), ...fields } } });
/** Lets everything that can go on go on; time stands still. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function isReady(host: TestHost): Promise<boolean> {
  await turn();
  return told(host.events).includes('ready db');
}

test('a log line that matches, in whatever case was asked for, so many times', async () => {
  await using host = createTestHost({ config: one({ ready: ready.log(/READY/i, { times: 2 }) }) });
  const done = host.up();
  await saw(host, 'running db');
  host.runner.writeLog('db', 'starting');
  host.runner.writeLog('db', 'ready (1)');
  expect(await isReady(host)).toBe(false);
  host.runner.writeLog('db', 'ready (2)');
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
});

test('a line of an earlier start proves nothing', async () => {
  await using host = createTestHost({ config: one({ ready: ready.log('ready') }) });
  const done = host.up();
  await saw(host, 'running db');
  host.runner.writeLog('db', 'ready');
  await done;
  host.runner.exit('db', 0);
  await host.host.close();
  const again = host.again();
  const second = again.up();
  await saw(again, 'running db');
  expect(await isReady(again)).toBe(false);
  host.runner.writeLog('db', 'ready');
  expect(column(await second, 'action')).toEqual({ db: 'started' });
  await again.host.close();
});

test('a log that ends with a crash is read on after the restart', async () => {
  await using host = createTestHost({ config: one({ ready: ready.log('ready') }) });
  const done = host.up();
  await saw(host, 'running db');
  host.runner.writeLog('db', 'starting');
  await turn();
  host.runner.exit('db', 1, { willRestart: true });
  await turn();
  host.runner.writeLog('db', 'ready');
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
});

test('the engine’s word counts for this start alone', async () => {
  await using host = createTestHost({ config: one({ ready: ready.healthcheck() }) });
  const first = host.up();
  await saw(host, 'running db');
  host.runner.report('db', 'healthy');
  await first;
  host.runner.change('db', { status: 'exited', exitCode: 0 });
  await host.host.close();
  const again = host.again();
  const second = again.up();
  await saw(again, 'running db');
  expect(await isReady(again)).toBe(false);
  host.runner.report('db', 'unhealthy');
  expect(await isReady(again)).toBe(false);
  host.runner.report('db', 'healthy');
  expect(column(await second, 'action')).toEqual({ db: 'started' });
  await again.host.close();
});

test('what was healthy before a crash is not healthy after it', async () => {
  await using host = createTestHost({ config: one({ ready: ready.healthcheck() }) });
  const release = host.runner.holdOn('start db');
  const done = host.up();
  await saw(host, 'starting db');
  host.runner.change('db', { status: 'running' });
  host.runner.report('db', 'healthy');
  host.runner.exit('db', 1, { willRestart: true });
  release();
  await saw(host, 'running db');
  expect(await isReady(host)).toBe(false);
  host.runner.report('db', 'healthy');
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
});

test('all of several, each in its own way', async () => {
  const config = one({
    ready: ready.all(ready.log('up'), ready.healthcheck(), ready.command(['x'])),
  });
  await using host = createTestHost({ config });
  const done = host.up();
  await saw(host, 'running db');
  host.runner.report('db', 'healthy');
  expect(await isReady(host)).toBe(false);
  host.runner.writeLog('db', 'up');
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
});

test('not ready in time: what was tried last, the last lines, and how long', async () => {
  const clock = createFakeClock();
  await using host = createTestHost({
    clock,
    config: one({ ready: ready.command(['pg_isready'], { deadline: '10s' }) }),
  });
  host.runner.setExec('db', { exitCode: 2, output: 'no response' });
  const done = host.up();
  await saw(host, 'probe-failed');
  host.runner.writeLog('db', 'recovering');
  await clock.advance(10_000);
  const { services } = await done;
  expect(services['db']).toMatchObject({
    state: 'failed',
    elapsedMs: 10_000,
    error: {
      code: 'DS_SERVICE_NOT_READY',
      lastProbe: 'pg_isready exited with 2: no response',
      logs: ['recovering'],
    },
  });
  expect(services['db']?.error?.message).toContain('10.0 s');
});

test('--wait-timeout counts for every service of the up', async () => {
  const clock = createFakeClock();
  const slow = { run: image(), ready: ready.log('never') };
  await using host = createTestHost({ clock, config: { services: { a: slow, b: slow } } });
  const done = host.up({ waitTimeoutMs: 2000 });
  await Promise.all([saw(host, 'running a'), saw(host, 'running b')]);
  await clock.advance(2000);
  expect(column(await done, 'state')).toEqual({ a: 'failed', b: 'failed' });
});

test('a real server that refuses, then errs, then answers', async () => {
  const [port] = await freePorts(1);
  let status = 503;
  const server = createServer((_, response) => response.writeHead(status).end());
  await using host = createTestHost({
    config: one({ ports: { http: port }, ready: ready.http('/', { interval: '20ms' }) }),
  });
  const done = host.up();
  await saw(host, 'probe-failed');
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect((server.address() as AddressInfo).port).toBe(port);
  await new Promise<void>((resolve) => {
    const leave = host.host.events.subscribe((event) => {
      if (event.event !== 'probe-failed' || !event.text.includes('503')) return;
      leave();
      resolve();
    });
  });
  status = 200;
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const check = { test: ['CMD', 'true'] };
const rules: [string, Partial<ContainerFields>, Record<string, Port>, Readiness][] = [
  ['nothing: started', {}, {}, { kind: 'none' }],
  ['ports', {}, { p: 80 }, { kind: 'port' }],
  ['a healthcheck', { healthcheck: check }, { p: 80 }, { kind: 'healthcheck' }],
  [
    'a disabled healthcheck',
    { healthcheck: { ...check, disable: true } },
    { p: 80 },
    { kind: 'port' },
  ],
  ['UDP alone', {}, { p: { container: 53, protocol: 'udp' } }, { kind: 'none' }],
];
for (const [what, fields, ports, readiness] of rules) {
  test(`the readiness of a service with ${what}`, async () => {
    await using host = createTestHost({
      config: { services: { db: { run: image(fields), ports } } },
    });
    await host.host.initialize('up');
    const { plan } = await host.host.plan({
      pull: 'missing',
      removeOrphans: false,
      ports: 'reassign',
    });
    expect(plan.services['db']?.readiness).toEqual(readiness);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
}
