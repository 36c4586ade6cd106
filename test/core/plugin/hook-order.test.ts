import { expect, test } from 'vitest';
import type { Hooks } from '../../../core/hooks.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, saw } from '../../rig/kernel.ts';

function tapped(tap: (hooks: Hooks) => void): TestHost {
  const spy = definePlugin({ name: 'spy', setup: ({ hooks }) => tap(hooks) });
  return createTestHost({ config: { plugins: [spy], services: { db: { run: image() } } } });
}

test('initialize and configure are called once, however often they are asked for', async () => {
  const calls: string[] = [];
  await using host = tapped((hooks) => {
    hooks.configure.tap('spy', () => void calls.push('configure'));
    hooks.initialize.tap('spy', () => void calls.push('initialize'));
  });
  const [one, two] = await Promise.all([host.host.configure(), host.host.configure()]);
  expect(one).toBe(two);
  await Promise.all([host.host.initialize('up'), host.host.initialize('up')]);
  await host.host.initialize('down');
  expect(calls).toEqual(['configure', 'initialize']);
});

test('a failed configure leaves nothing half-set: the second attempt works', async () => {
  let fails = true;
  const undone: string[] = [];
  const moody = definePlugin({
    name: 'moody',
    setup({ hooks, defer }) {
      defer(() => void undone.push('undo'));
      hooks.configure.tap('moody', () => {
        if (fails) throw new Error('not yet');
      });
    },
  });
  await using host = createTestHost({
    config: { plugins: [moody], services: { db: { run: image() } } },
  });
  expect(await codesOf(host.host.configure())).toEqual(['DS_PLUGIN_THREW']);
  await expect(host.host.use('x' as never)).rejects.toMatchObject({ code: 'DS_BUG_INVARIANT' });
  fails = false;
  expect((await host.up()).errors).toEqual([]);
});

test('a failed initialize can be tried again', async () => {
  let fails = true;
  await using host = tapped((hooks) =>
    hooks.initialize.tap('spy', () => {
      if (fails) throw new Error('not yet');
    }),
  );
  expect(await codesOf(host.host.initialize('up'))).toEqual(['DS_PLUGIN_THREW']);
  fails = false;
  await host.host.initialize('up');
  expect(host.host.settings['log.level']).toBe('info');
});

test('early taps come before normal ones, late ones after; within a stage by plugin order', async () => {
  const order: string[] = [];
  const tapper = (name: string, stage: 'early' | 'normal' | 'late', after: string[] = []) =>
    definePlugin({
      name,
      after,
      setup: ({ hooks }) => hooks.beforeUp.tap({ name, stage }, () => void order.push(name)),
    });
  await using host = createTestHost({
    config: {
      plugins: [
        tapper('late', 'late'),
        tapper('second', 'normal', ['first']),
        tapper('first', 'normal'),
        tapper('early', 'early'),
      ],
      services: { db: { run: image() } },
    },
  });
  await host.up();
  expect(order).toEqual(['early', 'first', 'second', 'late']);
});

test('a tap made while the host is at work counts from then on', async () => {
  const seen: string[] = [];
  const late = definePlugin({
    name: 'late',
    setup: ({ hooks }) =>
      hooks.initialize.tap('late', () =>
        hooks.serviceReady.for('db').tap('late', ({ service }) => void seen.push(service)),
      ),
  });
  await using host = createTestHost({
    config: { plugins: [late], services: { db: { run: image() } } },
  });
  await host.up();
  await saw(host, 'ready db');
  expect(seen).toEqual(['db']);
});
