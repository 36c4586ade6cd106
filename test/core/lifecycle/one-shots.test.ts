import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { codesOf, column, image, saw, told } from '../../rig/kernel.ts';

const config = (env = '1'): Config => ({
  services: {
    migrate: { run: image({ environment: { V: env } }) },
    api: { run: image(), dependsOn: { migrate: 'completed' } },
  },
});

test('a one-shot is awaited until it has ended with 0', async () => {
  await using host = createTestHost({ config: config() });
  const done = host.up();
  await saw(host, 'running migrate');
  expect(told(host.events)).not.toContain('starting api');
  host.runner.exit('migrate', 0);
  expect(column(await done, 'state')).toEqual({ migrate: 'completed', api: 'ready' });
  const lines = told(host.events);
  expect(lines[lines.indexOf('completed migrate') + 1]).toBe('starting api');
});

test('unchanged, it is not run again; changed, it is', async () => {
  await using host = createTestHost({ config: config() });
  host.runner.exit('migrate', 0);
  await host.up();
  await host.host.close();
  const again = host.again();
  const second = await again.up();
  expect(second.services['migrate']).toMatchObject({ state: 'completed', action: 'unchanged' });
  await again.host.close();
  host.runner.exit('migrate', 0);
  const changed = host.again(config('2'));
  const third = await changed.up();
  expect(third.services['migrate']).toMatchObject({ state: 'completed', action: 'recreated' });
  expect(third.services['migrate']?.reason.text).toBe('environment.V changed');
  expect(third.services['api']).toMatchObject({ action: 'unchanged' });
  await changed.host.close();
});

test('named alone, it is a one-shot all the same', async () => {
  await using host = createTestHost({ config: config() });
  host.runner.exit('migrate', 0);
  await host.up();
  await host.host.close();
  const again = host.again();
  const { services } = await again.up({ services: ['migrate'] });
  expect(services['migrate']).toMatchObject({ state: 'completed', action: 'unchanged' });
  await again.host.close();
});

test('one that fails skips its dependants and is run again by the next up', async () => {
  await using host = createTestHost({ config: config() });
  host.runner.exit('migrate', 3);
  const first = await host.up();
  expect(first.services['migrate']).toMatchObject({
    state: 'failed',
    error: { code: 'DS_SERVICE_EXITED', exitCode: 3 },
  });
  expect(first.services['api']).toMatchObject({
    state: 'skipped',
    reason: { text: 'migrate failed' },
  });
  await host.host.close();
  host.runner.exit('migrate', 0);
  const again = host.again();
  const second = await again.up();
  expect(column(second, 'state')).toEqual({ migrate: 'completed', api: 'ready' });
  expect(second.services['migrate']?.action).toBe('started');
  await again.host.close();
});

test('one that never ends is given up after --wait-timeout, and never without', async () => {
  const clock = createFakeClock();
  await using host = createTestHost({ config: config(), clock });
  const done = host.up({ waitTimeoutMs: 5000 });
  await saw(host, 'running migrate');
  await clock.advance(4999);
  expect(told(host.events)).not.toContain('failed migrate');
  await clock.advance(1);
  const { services } = await done;
  expect(services['migrate']?.error).toMatchObject({ code: 'DS_SERVICE_NOT_READY' });
});

test('`restart: true` makes a dependant anew with its dependency, and those behind it', async () => {
  const withDb = (env: string): Config => ({
    services: {
      db: { run: image({ environment: { V: env } }) },
      api: { run: image(), dependsOn: { db: { condition: 'ready', restart: true } } },
      web: { run: image(), dependsOn: { api: { condition: 'ready', restart: true } } },
      other: { run: image(), dependsOn: ['db'] },
    },
  });
  await using host = createTestHost({ config: withDb('1') });
  await host.up();
  await host.host.close();
  const again = host.again(withDb('2'));
  const outcome = await again.up();
  expect(column(outcome, 'action')).toEqual({
    db: 'recreated',
    api: 'recreated',
    web: 'recreated',
    other: 'unchanged',
  });
  expect(outcome.services['api']?.reason.text).toBe('db is started anew');
  await again.host.close();
});

test('a ring of one-shots is an error of the configuration', async () => {
  await using host = createTestHost({
    config: {
      services: {
        a: { run: image(), dependsOn: { b: 'completed' } },
        b: { run: image(), dependsOn: { a: 'completed' } },
      },
    },
  });
  expect(await codesOf(host.up())).toEqual(['DS_CONFIG_INVALID']);
});
