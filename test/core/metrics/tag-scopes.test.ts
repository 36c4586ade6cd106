import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';

test('tags of all, of the work around and of the call win in that order, across awaits', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  metrics.setTags({ from: 'all', a: 'all' });
  const work = (name: string, ms: number) =>
    metrics.withTags({ from: 'scope', b: name }, async () => {
      metrics.incr('x');
      await clock.sleep(ms);
      metrics.incr('x', { tags: { from: 'call' } });
      await metrics.withTags({ b: 'inner', c: 1 }, async () => {
        await clock.sleep(ms);
        metrics.incr('x');
      });
      metrics.incr('y');
    });
  const both = Promise.all([work('one', 10), work('two', 7)]);
  metrics.incr('x');
  await clock.advance(100);
  await both;
  metrics.incr('y');
  const rows = metrics.snapshot().map(({ key, tags, sum }) => ({ key, sum, ...tags }));
  expect(rows).toHaveLength(9);
  expect(rows).toEqual(
    expect.arrayContaining([
      { key: 'x', sum: 1, a: 'all', from: 'all' },
      { key: 'y', sum: 1, a: 'all', from: 'all' },
      ...['one', 'two'].flatMap((b) => [
        { key: 'x', sum: 1, a: 'all', from: 'scope', b },
        { key: 'x', sum: 1, a: 'all', from: 'call', b },
        { key: 'y', sum: 1, a: 'all', from: 'scope', b },
      ]),
      { key: 'x', sum: 2, a: 'all', from: 'scope', b: 'inner', c: '1' },
    ]),
  );
});

test('tags of all hold from when they are set, also in work that goes on', () => {
  const metrics = createMetrics();
  metrics.incr('x');
  metrics.withTags({ b: 1 }, () => {
    metrics.incr('x');
    metrics.setTags({ a: 1 });
    metrics.incr('x');
    metrics.setTags({ a: 2, c: 3 });
    metrics.incr('x');
  });
  metrics.incr('x');
  expect(metrics.snapshot().map(({ tags }) => tags)).toEqual([
    {},
    { b: '1' },
    { a: '1', b: '1' },
    { a: '2', b: '1', c: '3' },
    { a: '2', c: '3' },
  ]);
});

test('what the work within tags gives and throws is given and thrown', async () => {
  const metrics = createMetrics();
  expect(metrics.withTags({ a: 1 }, () => 3)).toBe(3);
  expect(await metrics.withTags({ a: 1 }, async () => 4)).toBe(4);
  expect(() =>
    metrics.withTags({ a: 1 }, () => {
      throw new Error('no');
    }),
  ).toThrow('no');
});
