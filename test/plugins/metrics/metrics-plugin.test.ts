import { createFakeClock, createTestHost, type TestHostOptions } from 'devservices/testing';
import { expect, test } from 'vitest';
import type { MetricSample, MetricsSink } from '../../../core/metrics.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createMemorySink, metrics } from '../../../plugins/metrics/index.ts';
import { image } from '../../rig/kernel.ts';
import { createUdpReceiver } from '../../rig/udp-receiver.ts';
import { readStatsd } from './statsd/read-statsd.ts';

const services = {
  db: { run: image() },
  web: { run: image(), dependsOn: { db: 'ready' as const } },
};
const testHost = (config: TestHostOptions['config'], more: Partial<TestHostOptions> = {}) =>
  createTestHost({ config: { services, ...config }, ...more });

test('an `up` is counted: services, their times, hooks, phases and the task', async () => {
  const memory = createMemorySink();
  const slow = definePlugin({
    name: 'slow',
    setup({ hooks }) {
      hooks.serviceReady.for('db').tap('slow', () => {});
      hooks.afterHealth.tap('slow', () => {
        throw new Error('no');
      });
    },
  });
  await using made = testHost({ plugins: [metrics({ memory, tags: { team: 'shop' } }), slow] });
  await made.up();
  const { host } = made;
  host.events.emit({
    event: 'up-finished',
    ok: false,
    exitCode: 4,
    elapsedMs: 1234,
    errors: [],
    services: {},
  });
  await host.close();
  const runner = 'docker';
  for (const service of ['db', 'web']) {
    const tags = { service, runner, team: 'shop' };
    expect(memory.total('services.started', { ...tags, action: 'create' })).toBe(1);
    expect(memory.count('service.time_to_ready', tags)).toBe(1);
  }
  expect(memory.total('services.started')).toBe(2);
  expect(memory.total('service.restarts')).toBe(0);
  expect(memory.count('hook.ms', { plugin: 'slow', hook: 'serviceReady' })).toBe(1);
  expect(memory.total('hook.failed', { plugin: 'slow', hook: 'afterHealth' })).toBe(1);
  // Also what was before `initialize`, which is when anybody begins to listen.
  const phases = ['load', 'validate', 'configure', 'initialize', 'start'];
  expect(phases.map((phase) => memory.count('phase.ms', { phase }))).toEqual([1, 1, 1, 1, 1]);
  expect(memory.count('phase.ms', { phase: 'ready' })).toBe(2);
  expect(memory.rows().find(({ key }) => key === 'task.ms')).toMatchObject({
    tags: { task: 'up', result: 'failure', team: 'shop' },
    sum: 1234,
  });
});

test('a second `up` starts nothing, and one that is forced is a restart', async () => {
  const memory = createMemorySink();
  await using made = testHost({ plugins: [metrics({ memory })] });
  await made.up();
  await made.host.close();
  const again = made.again();
  await again.up();
  await again.host.close();
  expect([memory.total('services.started'), memory.count('service.time_to_ready')]).toEqual([2, 2]);
  const anew = made.again();
  await anew.up({ recreate: true });
  await anew.host.close();
  expect(memory.total('services.started', { action: 'recreate' })).toBe(2);
  expect(memory.total('service.restarts')).toBe(2);
});

test('what takes down is counted too, once', async () => {
  const memory = createMemorySink();
  await using made = testHost({ plugins: [metrics({ memory })] });
  await made.host.down({});
  expect(memory.rows()).toEqual([]);
  await made.host.close();
  expect(memory.count('phase.ms', { phase: 'down' })).toBe(1);
  expect(memory.count('phase.ms', { phase: 'load' })).toBe(1);
});

test('what goes wrong is counted by its code', async () => {
  const memory = createMemorySink();
  await using made = testHost({ plugins: [metrics({ memory })] });
  made.runner.exit('db', 3);
  await made.up();
  await made.host.close();
  expect(memory.total('service.failed', { service: 'db', code: 'DS_SERVICE_EXITED' })).toBe(1);
  expect(memory.total('service.failed', { service: 'web' })).toBe(0);
});

test('several sinks get the same, and one that throws or refuses takes nothing from the others', async () => {
  const receiver = await createUdpReceiver();
  const memory = createMemorySink();
  const got: MetricSample[] = [];
  const sinks: MetricsSink[] = [
    {
      name: 'throws',
      send() {
        throw new Error('no');
      },
    },
    { name: 'refuses', send: () => Promise.reject(new Error('no')) },
    { name: 'takes', send: (batch) => void got.push(...batch) },
  ];
  const others = definePlugin({
    name: 'others',
    after: ['metrics'],
    setup(ctx) {
      ctx.hooks.initialize.tap('others', () => {
        for (const sink of sinks) ctx.metrics.addSink(sink);
        ctx.metrics.incr('mails.sent', { amount: 7, tags: { queue: 'fast' } });
        ctx.metrics.gauge('open', -3);
        for (let turn = 0; turn < 50; turn += 1) ctx.metrics.timing('wait', turn);
      });
    },
  });
  const statsd = { port: receiver.port };
  await using made = testHost({
    plugins: [metrics({ memory, statsd, log: { level: 'info' } }), others],
  });
  await made.up();
  await made.host.close();
  const warnings = made.events.flatMap((event) =>
    event.event === 'message' && event.level === 'warn' ? event.text : [],
  );
  expect(warnings.filter((text) => text.includes('throws'))).toHaveLength(1);
  expect(warnings.filter((text) => text.includes('refuses'))).toHaveLength(1);

  expect(memory.total('mails.sent')).toBe(7);
  expect(got.filter(({ key }) => key === 'mails.sent').map(({ sum }) => sum)).toEqual([7]);
  const told = made.events.flatMap((event) =>
    event.event === 'message' && event.plugin === 'metrics' ? event.text : [],
  );
  expect(told).toContain('devservices.mails.sent: fast 7');
  await receiver.until((lines) => lines.some((line) => line.includes('mails.sent')));
  const lines = receiver.lines().map(readStatsd);
  expect(receiver.lines()).toContain('devservices.mails.sent:7|c|#queue:fast');
  expect(receiver.lines()).toContain('devservices.open:-3|g');
  expect(lines.filter(({ name }) => name === 'devservices.wait')).toHaveLength(50);
  const started = lines.filter(({ name }) => name === 'devservices.services.started');
  expect(started.map(({ tags }) => tags['service'] ?? '').toSorted(byText)).toEqual(['db', 'web']);
});

test('with telemetry off nothing is sent, and what stays here goes on', async () => {
  const receiver = await createUdpReceiver();
  const memory = createMemorySink();
  const plugins = [metrics({ memory, statsd: { port: receiver.port } })];
  for (const [config, env] of [
    [{ telemetry: false }, {}],
    [{}, { DO_NOT_TRACK: '1' }],
  ] as const) {
    await using made = testHost({ plugins, ...config }, { env });
    await made.up();
    await made.host.close();
  }
  expect(memory.total('services.started')).toBe(4);
  // What is sent now comes after all that was sent before.
  await using made = testHost({
    plugins: [metrics({ prefix: 'last.', statsd: { port: receiver.port } })],
  });
  await made.up();
  await made.host.close();
  await receiver.until((lines) => lines.some((line) => line.startsWith('last.services.started')));
  expect(receiver.lines().filter((line) => !line.startsWith('last.'))).toEqual([]);
});

test('a flush every ten seconds has a line for each key in the log, at `debug` unless another level is asked for', async () => {
  const clock = createFakeClock();
  await using made = testHost({ plugins: [metrics({ log: true })] }, { clock });
  await made.host.initialize('up');
  made.host.setLogLevel('debug');
  const lines = () =>
    made.events.flatMap((event) =>
      event.event === 'message' && event.plugin === 'metrics' ? event : [],
    );
  made.host.events.emit({ event: 'phase-ended', phase: 'seed', elapsedMs: 40, ok: true });
  expect(lines()).toEqual([]);
  await clock.advance(10_000);
  const [first, ...rest] = lines().filter(({ text }) => text.startsWith('devservices.phase.ms: '));
  expect(rest).toEqual([]);
  expect(first).toMatchObject({
    level: 'debug',
    text: expect.stringContaining('seed 40') as string,
  });
});

test.each([
  [{ statsd: { port: 0 } }, 'statsd.port'],
  [{ statsd: { dialect: 'x' } }, 'statsd.dialect'],
  [{ statsd: { host: '' } }, 'statsd.host'],
  [{ prefix: 'a b' }, 'prefix'],
  [{ tags: { '1': 'x' } }, 'tags'],
  [{ memory: {} }, 'memory'],
  [{ log: { level: 'warn' } }, 'log'],
  [{ statds: {} }, 'statds'],
])('options %j are refused by name', async (options, path) => {
  await using made = testHost({ plugins: [metrics(options as never)] });
  await expect(made.host.configure()).rejects.toThrow(path);
});

const byText = (one: string, other: string): number => (one < other ? -1 : 1);
