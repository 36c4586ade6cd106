import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import type { ExecResult } from '../../../core/run/runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, saw, thrownBy, told } from '../../rig/kernel.ts';

test('a chain of four: each start request follows its dependency’s ready event with nothing between', async () => {
  const [a, b, c, d] = await freePorts(4);
  await using host = createTestHost({
    config: {
      services: {
        d: { run: image(), ports: { p: d }, dependsOn: ['c'] },
        c: { run: image(), ports: { p: c }, dependsOn: ['b'] },
        b: { run: image(), ports: { p: b }, dependsOn: ['a'] },
        a: { run: image(), ports: { p: a } },
      },
    },
  });
  const { services, errors } = await host.up();
  expect(errors).toEqual([]);
  expect(host.events.find(({ event }) => event === 'plan-made')).toMatchObject({
    services: { a: { action: 'create', runner: services['a']?.runner } },
  });
  expect(Object.values(services).map(({ state, action }) => [state, action])).toEqual(
    Array.from({ length: 4 }, () => ['ready', 'created']),
  );
  const lines = told(host.events);
  for (const [need, dependant] of [
    ['a', 'b'],
    ['b', 'c'],
    ['c', 'd'],
  ]) {
    expect(lines[lines.indexOf(`ready ${need}`) + 1]).toBe(`starting ${dependant}`);
  }
});

test('with hooks and steps between, a dependant still starts right after the ready event', async () => {
  const order: string[] = [];
  const watcher = definePlugin({
    name: 'watcher',
    setup: ({ hooks }) =>
      hooks.serviceReady.for('a').tap('watcher', async () => {
        await Promise.resolve();
        order.push('hook');
      }),
  });
  await using host = createTestHost({
    config: {
      plugins: [watcher],
      services: {
        a: { run: image(), onReady: async () => void order.push('step') },
        b: { run: image(), dependsOn: ['a'] },
      },
    },
  });
  await host.up();
  const lines = told(host.events);
  expect(lines[lines.indexOf('ready a') + 1]).toBe('starting b');
  expect(order).toEqual(['hook', 'step']);
  expect(lines.indexOf('hook-ended watcher serviceReady(a)')).toBeLessThan(
    lines.indexOf('ready a'),
  );
});

test('two branches overlap: neither waits for the other', async () => {
  await using host = createTestHost({
    config: {
      services: {
        base: { run: image() },
        left: { run: image(), dependsOn: ['base'] },
        right: { run: image(), dependsOn: ['base'] },
        top: { run: image(), dependsOn: ['left', 'right'] },
      },
    },
  });
  const release = host.runner.holdOn('start left');
  const done = host.up();
  await saw(host, 'ready right');
  expect(told(host.events)).toContain('starting left');
  expect(told(host.events)).not.toContain('starting top');
  release();
  expect(column(await done, 'state')).toEqual({
    base: 'ready',
    left: 'ready',
    right: 'ready',
    top: 'ready',
  });
});

test('prepare runs ahead of conditions', async () => {
  await using host = createTestHost({
    config: { services: { b: { run: image(), dependsOn: ['a'] }, a: { run: image() } } },
  });
  const release = host.runner.holdOn('start a');
  const done = host.up();
  await saw(host, 'phase-ended prepare b');
  expect(host.runner.calls).not.toContain('start b');
  release();
  await done;
});

test('a cycle is named in full, and nothing starts', async () => {
  await using host = createTestHost({
    config: {
      services: {
        a: { run: image(), dependsOn: ['b'] },
        b: { run: image(), dependsOn: ['c'] },
        c: { run: image(), dependsOn: ['a'] },
      },
    },
  });
  const error = await thrownBy(host.up());
  expect(error.message).toContain('a → b → c → a');
  expect(error['blame']).toBe('user');
  expect(host.runner.calls).toEqual([]);
});

test('`started` waits for the start alone', async () => {
  await using host = createTestHost({
    config: {
      services: {
        slow: { run: image(), ready: ready.command(['x']) },
        b: { run: image(), dependsOn: { slow: 'started' } },
      },
    },
  });
  let answer: (result: ExecResult) => void = () => {};
  host.runner.setExec('slow', () => new Promise((resolve) => (answer = resolve)));
  const done = host.up();
  await saw(host, 'ready b');
  expect(told(host.events)).not.toContain('ready slow');
  answer({ exitCode: 0, output: '' });
  expect(column(await done, 'state')).toEqual({ slow: 'ready', b: 'ready' });
});

test('an optional dependency that fails stops nobody', async () => {
  await using host = createTestHost({
    config: {
      services: {
        bad: { run: image() },
        b: { run: image(), dependsOn: { bad: { condition: 'ready', required: false } } },
        c: { run: image(), dependsOn: { gone: { condition: 'ready', required: false } } },
      },
    },
  });
  host.runner.failOn('start bad', new Error('no'));
  const outcome = await host.up();
  expect(column(outcome, 'state')).toEqual({ bad: 'failed', b: 'ready', c: 'ready' });
});

const apiOnDb: Config = {
  services: {
    db: { run: image(), exports: { DATABASE_URL: 'postgres://db' } },
    api: { run: image(), dependsOn: ['db'] },
  },
};

test('an excluded dependency is not waited for, and gives its address all the same', async () => {
  await using host = createTestHost({ config: apiOnDb });
  await host.up();
  await host.host.close();
  const { services } = await host.again().up({ exclude: ['db'] });
  expect(services['db']).toMatchObject({ state: 'skipped', reason: { code: 'excluded' } });
  expect(services['api']).toMatchObject({ state: 'ready', action: 'unchanged' });
});

test('--no-deps leaves dependencies alone and changes nothing about who is named', async () => {
  await using host = createTestHost({ config: apiOnDb });
  await host.up();
  await host.host.close();
  const next = host.again();
  const { services } = await next.up({ services: ['api'], noDeps: true });
  expect(services['api']).toMatchObject({ action: 'unchanged' });
  expect(services['db']).toMatchObject({ state: 'skipped' });
  await next.host.close();
});

// A process warning fails the run: see test/fail-on-warning.ts.
test('many services at once leave no process warning', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
  const services = Object.fromEntries(
    names.map((name) => [name, { run: image(), dependsOn: name === 's0' ? [] : ['s0'] }]),
  );
  await using host = createTestHost({ config: { services } });
  const release = host.runner.holdOn('start s0');
  const done = host.up();
  await saw(host, 'phase-ended prepare s29');
  release();
  expect((await done).errors).toEqual([]);
});
