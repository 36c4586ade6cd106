import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import type { MetricSample } from '../../../core/metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import {
  createHangingSink,
  createLines,
  createRecordingSink,
  noDrops as none,
} from './recording-sink.ts';

test('nothing is sent before ten seconds are over, and nothing waits where there is nothing new', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const sink = createRecordingSink();
  metrics.incr('before');
  metrics.addSink(sink);
  expect(clock.sleeping).toBe(0);
  metrics.incr('x', { tags: { a: 1 } });
  metrics.incr('x', { tags: { a: 1 }, amount: 2 });
  expect(clock.sleeping).toBe(1);
  await clock.advance(9999);
  expect(sink.batches).toEqual([]);
  await clock.advance(1);
  const sample = { kind: 'counter', key: 'x', tags: { a: '1' }, count: 2, sum: 3, values: [] };
  expect(sink.batches).toEqual([[{ ...sample, min: 1, max: 2, last: 2 }]]);
  expect(clock.sleeping).toBe(0);
  await clock.advance(60_000);
  expect(sink.batches.length).toBe(1);
  metrics.incr('x', { tags: { a: 1 } });
  await clock.advance(10_000);
  expect(sink.batches[1]).toEqual([{ ...sample, count: 1, sum: 1, min: 1, max: 1, last: 1 }]);
  expect(metrics.snapshot()[1]).toMatchObject({ count: 3, sum: 4, min: 1, max: 2 });
});

test('when five hundred rows have changed they are sent, though not within the call', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const sink = createRecordingSink();
  metrics.addSink(sink);
  for (let row = 0; row < 499; row += 1) metrics.incr(`k${row}`);
  await clock.advance(0);
  expect(sink.batches.length).toBe(0);
  metrics.incr('k0');
  await clock.advance(0);
  expect(sink.batches.length).toBe(0);
  for (let row = 0; row < 700; row += 1) metrics.incr(`m${row}`);
  expect(sink.batches.length).toBe(0);
  await clock.advance(0);
  expect(sink.batches.map((batch) => batch.length)).toEqual([1199]);
  expect(sink.total()).toBe(1200);
  expect(metrics.dropped()).toEqual(none);
});

test('one that throws, one that rejects and one that hangs take nothing from another', async () => {
  const clock = createFakeClock();
  const log = createLines();
  const metrics = createMetrics({ clock, log });
  const steady = createRecordingSink();
  const { sink: hanging, offered } = createHangingSink();
  metrics.addSink({
    name: 'throwing',
    send() {
      throw new Error('no\u001b[31m socket');
    },
  });
  metrics.addSink({ name: 'rejecting', send: () => Promise.reject(new Error('refused')) });
  metrics.addSink(hanging);
  metrics.addSink(steady);
  for (let round = 1; round <= 4; round += 1) {
    metrics.incr('x', { amount: round });
    metrics.timing('ms', 5);
    await clock.advance(10_000);
    expect(steady.batches.length).toBe(round);
  }
  expect(steady.total()).toBe(10);
  // One that does not heed its signal gets nothing more before it is done.
  expect(offered.length).toBe(1);
  expect(metrics.dropped()).toEqual({ ...none, 'sink-failed': 2 * (10 + 4), deadline: 2 });
  expect(log.lines).toEqual([
    {
      level: 'warn',
      text: expect.stringMatching(/ throwing .*no\u{fffd}\[31m socket$/u) as string,
    },
    { level: 'warn', text: expect.stringMatching(/ rejecting .*refused$/) as string },
    { level: 'warn', text: expect.stringMatching(/ hanging .*5000 ms$/) as string },
  ]);
  const closed = metrics.close();
  await clock.advance(1000);
  await closed;
  expect(metrics.dropped()).toEqual({ ...none, 'sink-failed': 2 * (10 + 4), deadline: 10 + 4 });
});

test('what throws in other ways than with an error is told as well', async () => {
  const clock = createFakeClock();
  const log = createLines();
  const metrics = createMetrics({ clock, log });
  const odd: unknown[] = [
    undefined,
    Object.create(null),
    {
      toJSON: () => {
        throw odd;
      },
    },
    Symbol('s'),
  ];
  odd.forEach((thrown, index) =>
    metrics.addSink({
      name: `odd${index}`,
      send() {
        throw thrown;
      },
    }),
  );
  metrics.incr('x');
  await clock.advance(10_000);
  await metrics.close();
  expect(metrics.dropped()['sink-failed']).toBe(odd.length);
  expect(log.lines.length).toBe(odd.length);
});

test('one that heeds its signal is given the next batch', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const { sink, offered } = createHangingSink({ heedsSignal: true });
  metrics.addSink(sink);
  for (let round = 0; round < 3; round += 1) {
    metrics.incr('x');
    await clock.advance(10_000);
  }
  await clock.advance(10_000);
  expect(offered.length).toBe(3);
  expect(metrics.dropped()).toEqual({ ...none, deadline: 3 });
});

test('what waits for a sink is bounded, whatever comes', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock, limits: { waiting: 10 } });
  const { sink, offered } = createHangingSink();
  const steady = createRecordingSink();
  metrics.addSink(sink);
  metrics.addSink(steady);
  // All of what there is goes to one that is idle.
  for (let row = 0; row < 20; row += 1) metrics.incr(`k${row}`);
  await clock.advance(10_000);
  expect(offered[0]?.length).toBe(20);
  for (let round = 0; round < 5; round += 1) {
    for (let row = 0; row < 20; row += 1) metrics.incr(`k${row}`);
    await clock.advance(10_000);
  }
  expect(metrics.dropped()).toEqual({ ...none, 'queue-full': 50, deadline: 20 });
  const closed = metrics.close();
  await clock.advance(1000);
  await closed;
  expect(metrics.dropped()).toEqual({ ...none, 'queue-full': 50, deadline: 20 + 50 });
  expect(steady.total()).toBe(120);
});

test('a sink that measures its own work has no tags of whoever was measured', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  metrics.addSink({ name: 'own', send: () => metrics.incr('internal.sent') });
  metrics.withTags({ secret: 'a' }, () => metrics.incr('x'));
  await clock.advance(10_000);
  metrics.withTags({ secret: 'b' }, () => {
    for (let row = 0; row < 600; row += 1) metrics.incr(`k${row}`);
  });
  await clock.advance(0);
  const sent = metrics.snapshot().find(({ key }) => key === 'internal.sent');
  expect(sent).toMatchObject({ tags: {}, sum: 2 });
});

test('no sink can change what another gets', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const steady = createRecordingSink();
  metrics.addSink({
    name: 'meddling',
    send(batch) {
      const [sample] = batch as [MetricSample];
      for (const meddle of [
        () => void (batch as MetricSample[]).splice(0),
        () => void Object.assign(sample, { sum: 0 }),
        () => void Object.assign(sample.tags, { a: 'b' }),
        () => void (sample.values as number[]).splice(0),
      ]) {
        expect(meddle).toThrow(TypeError);
      }
    },
  });
  metrics.addSink(steady);
  metrics.timing('ms', 5);
  await metrics.close();
  expect(steady.samples).toMatchObject([{ sum: 5, tags: {}, values: [5] }]);
  expect(metrics.dropped()).toEqual(none);
});
