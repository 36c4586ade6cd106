import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';

test('what takes time is timed from its beginning to its end, and says how it went', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  expect(metrics.timer('quick', () => 5)).toBe(5);
  const slow = metrics.timer(
    'slow',
    async (tags) => {
      await clock.sleep(40);
      tags['table'] = 'users';
      await clock.sleep(2);
      return 'rows';
    },
    { tags: { table: 'none', kind: 'seed' } },
  );
  await clock.advance(100);
  expect(await slow).toBe('rows');
  expect(metrics.snapshot()).toMatchObject([
    { kind: 'timing', key: 'quick', tags: { result: 'success' }, sum: 0, count: 1 },
    { key: 'slow', tags: { kind: 'seed', table: 'users', result: 'success' }, sum: 42, count: 1 },
  ]);
});

test('what fails is timed as well, and fails with the very same reason', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const reason = new Error('no table');
  const thrower = (tags: Record<string, unknown>) => {
    tags['at'] = 'once';
    throw reason;
  };
  expect(() => metrics.timer('work', thrower as () => never)).toThrow(reason);
  const rejecting = metrics.timer('work', async () => {
    await clock.sleep(10);
    throw reason;
  });
  const caught = rejecting.catch((thrown: unknown) => thrown);
  await clock.advance(10);
  expect(await caught).toBe(reason);
  expect(metrics.snapshot()).toMatchObject([
    { key: 'work', tags: { at: 'once', result: 'failure' }, sum: 0 },
    { key: 'work', tags: { result: 'failure' }, sum: 10 },
  ]);
});

test('work that begins when it is awaited is begun once', async () => {
  const metrics = createMetrics({ clock: createFakeClock() });
  let begun = 0;
  const lazy: PromiseLike<string> = {
    // oxlint-disable-next-line unicorn/no-thenable
    then: (...on) => {
      begun += 1;
      return Promise.resolve('row').then(...on);
    },
  };
  expect(await metrics.timer('query', () => lazy)).toBe('row');
  expect(begun).toBe(1);
  expect(metrics.snapshot()).toMatchObject([{ tags: { result: 'success' }, count: 1 }]);
});
