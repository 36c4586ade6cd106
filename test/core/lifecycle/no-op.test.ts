import { createServer, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, saw, told } from '../../rig/kernel.ts';

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(
    servers.splice(0).map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

async function serve(port: number, answer: () => number): Promise<Server> {
  const server = createServer((_, response) => response.writeHead(answer()).end());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

/** The next command on the same folder. */
async function next(host: TestHost, config?: Config): Promise<TestHost> {
  await host.host.close();
  return host.again(config);
}

test('an unchanged up asks once, changes nothing, and calls the same hooks but serviceReady', async () => {
  const fired: string[] = [];
  const spy = definePlugin({
    name: 'spy',
    setup({ hooks }) {
      hooks.configure.tap('spy', () => void fired.push('configure'));
      hooks.initialize.tap('spy', () => void fired.push('initialize'));
      hooks.beforeUp.tap('spy', () => void fired.push('beforeUp'));
      hooks.serviceReady.for('db').tap('spy', () => void fired.push('serviceReady'));
      hooks.afterHealth.tap('spy', () => void fired.push('afterHealth'));
    },
  });
  const config: Config = {
    plugins: [spy],
    services: {
      db: { run: image(), ready: ready.command(['check']), onReady: () => void fired.push('step') },
      api: { run: image(), dependsOn: ['db'] },
    },
  };
  await using first = createTestHost({ config });
  await first.up();
  expect(fired.splice(0)).toEqual([
    'configure',
    'initialize',
    'beforeUp',
    'serviceReady',
    'step',
    'afterHealth',
  ]);
  const before = first.runner.calls.length;
  const again = await next(first);
  const outcome = await again.up();
  expect(again.runner.calls.slice(before)).toEqual(['observe']);
  expect(column(outcome, 'action')).toEqual({ db: 'unchanged', api: 'unchanged' });
  expect(column(outcome, 'state')).toEqual({ db: 'ready', api: 'ready' });
  expect(fired).toEqual(['configure', 'initialize', 'beforeUp', 'afterHealth']);
  await again.host.close();
});

test('a new generation is not taken for ready', async () => {
  let checks = 0;
  const config = { services: { db: { run: image(), ready: ready.command(['check']) } } };
  await using first = createTestHost({ config });
  first.runner.setExec('db', async () => ({ exitCode: checks++ % 2, output: '' }));
  await first.up();
  first.runner.change('db', { generation: 'another' });
  const again = await next(first);
  const outcome = await again.up();
  expect(checks).toBe(3);
  expect(column(outcome, 'state')).toEqual({ db: 'ready' });
  await again.host.close();
});

test('what the engine calls unhealthy is not taken for ready', async () => {
  const config = { services: { db: { run: image(), ready: ready.healthcheck() } } };
  await using first = createTestHost({ config });
  const up = first.up();
  await saw(first, 'running db');
  first.runner.report('db', 'healthy');
  await up;
  first.runner.report('db', 'unhealthy');
  const again = await next(first);
  const done = again.up();
  await saw(again, 'running db');
  expect(told(again.events)).not.toContain('ready db');
  again.runner.report('db', 'healthy');
  expect(column(await done, 'state')).toEqual({ db: 'ready' });
  await again.host.close();
});

test('a host-side probe is tried once more; when it fails, there is a real wait', async () => {
  const lost = await loseReadiness();
  await using _ = lost.first;
  const { again, done } = lost;
  lost.answer(200);
  expect(column(await done, 'action')).toEqual({ web: 'unchanged' });
  expect(again.runner.calls).not.toContain('start web x');
  await again.host.close();
});

test('who exits while a lost readiness is awaited again fails at once', async () => {
  const lost = await loseReadiness();
  await using _ = lost.first;
  const { again, done } = lost;
  again.runner.exit('web', 9);
  const { services } = await done;
  expect(services['web']?.error).toMatchObject({ code: 'DS_SERVICE_EXITED', exitCode: 9 });
  await again.host.close();
});

test('who exited between the look and the watch is not awaited for ever', async () => {
  const config: Config = {
    services: { db: { run: image(), ready: ready.command(['check']) } },
  };
  await using first = createTestHost({ config });
  first.runner.setExec('db', { exitCode: 1, output: '' });
  const failing = first.up({ waitTimeoutMs: 1 });
  await failing;
  const again = await next(first);
  const release = again.runner.holdOn('watch');
  const done = again.up();
  await saw(again, 'plan-made');
  again.runner.exit('db', 4);
  release();
  const { services } = await done;
  expect(services['db']?.error).toMatchObject({ code: 'DS_SERVICE_EXITED', exitCode: 4 });
  await again.host.close();
});

test('a second up waits for the first, says so, and sees a no-op', async () => {
  const config: Config = { services: { db: { run: image() } } };
  await using first = createTestHost({ config });
  const second = first.again();
  await second.host.configure();
  await second.host.initialize('up');
  await first.up();
  await first.host.close();
  const before = first.runner.calls.length;
  const outcome = await second.up();
  expect(column(outcome, 'action')).toEqual({ db: 'unchanged' });
  expect(first.runner.calls.slice(before)).toEqual(['observe']);
  await second.host.close();
});

/** A service that was seen ready and answers no longer, in the middle of the `up` that notices. */
async function loseReadiness() {
  const [port] = await freePorts(1);
  const config: Config = {
    services: { web: { run: image(), ports: { http: port }, ready: ready.http('/') } },
  };
  let status = 200;
  const first = createTestHost({ config });
  const up = first.up();
  await saw(first, 'running web');
  await serve(port, () => status);
  await up;
  status = 500;
  const again = await next(first);
  const done = again.up();
  await saw(again, 'probe-failed');
  return { first, again, done, answer: (code: number) => void (status = code) };
}

test('what its runner started again and saw ready itself is ready, and asked nothing', async () => {
  const config: Config = { services: { db: { run: image(), ready: ready.command(['check']) } } };
  await using first = createTestHost({ config });
  await first.up();
  first.runner.setExec('db', { exitCode: 1, output: 'asked again' });
  for (const [generation, isReady, state] of [
    ['second', false, 'running'],
    ['third', true, 'ready'],
  ] as const) {
    first.runner.change('db', { generation, isReady });
    const [status] = await first.host.status();
    expect(status?.services['db']?.state).toBe(state);
  }
  const again = await next(first);
  const from = again.runner.calls.length;
  const outcome = await again.up();
  expect(column(outcome, 'state')).toEqual({ db: 'ready' });
  expect(again.runner.calls.slice(from)).toEqual(['observe']);
  await again.host.close();
});
