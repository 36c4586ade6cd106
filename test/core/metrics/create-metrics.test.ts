import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import { createLines } from './recording-sink.ts';

test('what is recorded is summed by key and tags, whatever their order', () => {
  const metrics = createMetrics();
  metrics.incr('up', { tags: { a: '1', b: '2' } });
  metrics.incr('up', { tags: { b: '2', a: 1 }, amount: 4 });
  metrics.incr('up');
  metrics.timing('up.ms', 30);
  metrics.timing('up.ms', 10);
  metrics.gauge('depth', 7);
  metrics.gauge('depth', -2);
  metrics.distribution('bytes', 1024, { instance: 'in' });
  expect(metrics.snapshot()).toEqual([
    {
      kind: 'counter',
      key: 'up',
      tags: { a: '1', b: '2' },
      count: 2,
      sum: 5,
      min: 1,
      max: 4,
      last: 4,
    },
    { kind: 'counter', key: 'up', tags: {}, count: 1, sum: 1, min: 1, max: 1, last: 1 },
    { kind: 'timing', key: 'up.ms', tags: {}, count: 2, sum: 40, min: 10, max: 30, last: 10 },
    { kind: 'gauge', key: 'depth', tags: {}, count: 2, sum: 5, min: -2, max: 7, last: -2 },
    {
      kind: 'distribution',
      key: 'bytes.in',
      tags: {},
      count: 1,
      sum: 1024,
      min: 1024,
      max: 1024,
      last: 1024,
    },
  ]);
});

test('an instance is part of the key, a tag without a value is none', () => {
  const metrics = createMetrics();
  metrics.incr('pulls', { instance: 'redis' });
  metrics.incr('pulls.redis', { tags: { code: undefined as never } });
  metrics.incr('pulls', { tags: { redis: true } });
  expect(metrics.snapshot()).toMatchObject([
    { key: 'pulls.redis', tags: {}, sum: 2 },
    { key: 'pulls', tags: { redis: 'true' }, sum: 1 },
  ]);
});

test('texts that look alike are different tags', () => {
  const metrics = createMetrics();
  metrics.incr('x', { tags: { a: '1', b: '2' } });
  metrics.incr('x', { tags: { a: '1b2' } });
  metrics.incr('x', { tags: { a: '1', 'b.2': '' } });
  expect(metrics.snapshot().map(({ sum }) => sum)).toEqual([1, 1, 1]);
});

test('an object of tags that is changed and used again means what it says each time', () => {
  const metrics = createMetrics();
  const tags: Record<string, string> = { a: '1' };
  metrics.incr('x', { tags });
  tags['a'] = '2';
  metrics.incr('x', { tags });
  tags['b'] = '3';
  metrics.incr('x', { tags });
  expect(metrics.snapshot().map((row) => row.tags)).toEqual([
    { a: '1' },
    { a: '2' },
    { a: '2', b: '3' },
  ]);
});

test('a key has so many sets of tags and no more, and all keys together so many rows', () => {
  const log = createLines();
  const metrics = createMetrics({ log, limits: { rows: 12, tagSets: 5 } });
  for (let round = 0; round < 2; round += 1) {
    for (let set = 0; set < 8; set += 1) {
      metrics.incr('wide', { tags: { set }, amount: 10 });
      metrics.timing('slow', 1, { tags: { set } });
    }
    for (let key = 0; key < 4; key += 1) metrics.incr(`key${key}`);
  }
  const keys = metrics.snapshot().map(({ key }) => key);
  expect(keys.filter((key) => key === 'wide').length).toBe(5);
  expect(keys.filter((key) => key === 'slow').length).toBe(5);
  expect(keys.slice(10)).toEqual(['key0', 'key1']);
  // Three sets of each, and two keys, twice: counters by their amount.
  expect(metrics.dropped()).toMatchObject({ cardinality: 2 * (3 * 10 + 3 + 2), illegal: 0 });
  // What is there already goes on.
  metrics.incr('wide', { tags: { set: 0 } });
  expect(metrics.snapshot().find(({ key }) => key === 'wide')?.sum).toBe(21);
  expect(log.lines.map(({ text }) => text).filter((text) => text.includes('"wide"')).length).toBe(
    1,
  );
});

test('by default two hundred sets of tags a key, and two thousand rows', () => {
  const metrics = createMetrics();
  for (let set = 0; set < 250; set += 1) metrics.incr('x', { tags: { set } });
  expect(metrics.snapshot().length).toBe(200);
  for (let key = 0; key < 5000; key += 1) metrics.incr(`k${key}`);
  expect(metrics.snapshot().length).toBe(2000);
  expect(metrics.dropped().cardinality).toBe(50 + 5000 - 1800);
});

test('ever new texts that are cut to the same tags are one row', () => {
  const metrics = createMetrics();
  // Cut to 200 characters they are all one.
  const long = 'v'.repeat(200);
  for (let each = 0; each < 12_000; each += 1) metrics.incr('x', { tags: { a: long + each } });
  expect(metrics.snapshot()).toMatchObject([{ tags: { a: long }, sum: 12_000 }]);
});

test('a key is of one kind', () => {
  const metrics = createMetrics();
  metrics.incr('jobs');
  metrics.gauge('jobs', 3);
  metrics.timing('jobs', 3, { tags: { a: 1 } });
  expect(metrics.snapshot()).toMatchObject([{ kind: 'counter', key: 'jobs', sum: 1 }]);
  expect(metrics.dropped().illegal).toBe(2);
});
