import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createRandom, createRecordingSink } from './recording-sink.ts';

const million = 1_000_000;

test('of a million, all that was recorded is what each sink got and what was dropped, to the last digit', async () => {
  const clock = createFakeClock();
  const random = createRandom(20_261_123);
  const metrics = createMetrics({ clock, random, limits: { tagSets: 50, waiting: 40 } });
  const steady = createRecordingSink('steady');
  const late = createRecordingSink('late');
  const failing = createRecordingSink('failing');
  const release: (() => void)[] = [];
  let batches = 0;
  metrics.addSink(steady);
  metrics.addSink({
    name: 'late',
    // What it was told to give up, it gives up.
    send: (batch, signal) =>
      new Promise((done) => {
        release.push(() => done(signal.aborted ? undefined : late.send(batch, signal)));
      }),
  });
  metrics.addSink({
    name: 'failing',
    send(batch, signal) {
      batches += 1;
      if (batches % 3 === 0) throw new Error('away');
      if (batches % 3 === 1) return Promise.reject(new Error('gone'));
      return failing.send(batch, signal);
    },
  });
  let taken = 0;
  const counting = createRandom(20_261_123);
  const rates = [0.7, 0.1, 1, 0.33];
  for (let each = 0; each < million; each += 1) {
    const sampleRate = rates[each % 4] as number;
    metrics.incr('x', { sampleRate, tags: { set: each % 60 }, amount: 1 + (each % 3) });
    if (sampleRate === 1 || counting() < sampleRate) {
      taken += ((1 + (each % 3)) * Math.round(2 ** 24 / sampleRate)) / 2 ** 24;
    }
    if (each % 50_000 === 0) await clock.advance(10_000);
    if (each % 150_000 === 0) release.shift()?.();
  }
  const closed = metrics.close();
  await clock.advance(500);
  release.splice(0).forEach((letGo) => letGo());
  await clock.advance(10_000);
  await closed;
  const recorded = metrics.snapshot().reduce((all, { sum }) => all + sum, 0);
  const { cardinality, illegal, ...lost } = metrics.dropped();
  // One decision each, by the random source alone.
  expect(recorded + cardinality).toBe(taken);
  expect(illegal).toBe(0);
  expect(steady.total()).toBe(recorded);
  const sinkLosses = lost['queue-full'] + lost['sink-failed'] + lost.deadline;
  expect(Object.values(lost).every((amount) => amount > 0)).toBe(true);
  expect(late.total() + failing.total() + sinkLosses).toBe(2 * recorded);
  // Every value came at each rate as often: a third of a million each time 1, 2 and 3.
  expect(Math.abs((recorded + cardinality) / 2_000_000 - 1)).toBeLessThan(0.005);
});

test('at a rate of 0.7 each that is taken counts 1.43, and all together what there was', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock, random: createRandom(7) });
  const sink = createRecordingSink();
  metrics.addSink(sink);
  for (let each = 0; each < million; each += 1) metrics.incr('x', { sampleRate: 0.7 });
  await metrics.close();
  const [row] = metrics.snapshot();
  expect(row?.sum).toBe(row?.count);
  expect(Math.abs((row?.sum ?? 0) / million - 1)).toBeLessThan(0.002);
  expect(sink.total()).toBe(row?.sum);
  const one = createMetrics({ random: () => 0 });
  one.incr('x', { sampleRate: 0.7 });
  expect(one.snapshot()[0]?.sum).toBeCloseTo(1 / 0.7, 6);
});

test('timings and gauges that are sampled count for those that are not taken', () => {
  const draws = [0.2, 0.8, 0.2];
  const metrics = createMetrics({ random: () => draws.shift() as number });
  metrics.timing('ms', 10, { sampleRate: 0.25 });
  metrics.timing('ms', 1000, { sampleRate: 0.25 });
  metrics.gauge('depth', 3, { sampleRate: 0.25 });
  expect(metrics.snapshot()).toMatchObject([
    { key: 'ms', count: 4, sum: 40, max: 10 },
    { key: 'depth', count: 4, last: 3 },
  ]);
  expect(draws).toEqual([]);
});

test('one that is counted asks for one random number, and one that always is for none', () => {
  let asked = 0;
  const metrics = createMetrics({ random: () => ((asked += 1), 0.5) });
  metrics.incr('x', { sampleRate: 0.9 });
  metrics.incr('x', { sampleRate: 0.1 });
  expect(asked).toBe(2);
  metrics.incr('x');
  metrics.incr('x', { sampleRate: 1 });
  metrics.timing('y', 1);
  expect(asked).toBe(2);
  metrics.incr('x', { sampleRate: 0 });
  expect(metrics.snapshot()[0]?.sum).toBeCloseTo(2 + 1 / 0.9);
});

test('a rate that is none is refused', () => {
  const metrics = createMetrics();
  for (const sampleRate of [-1, 1.5, NaN, Infinity, '0.5' as never, {} as never]) {
    metrics.incr('x', { sampleRate });
  }
  expect(metrics.dropped().illegal).toBe(6);
});

test('of many timings some are kept, evenly chosen', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock, random: createRandom(3) });
  const sink = createRecordingSink();
  metrics.addSink(sink);
  for (let each = 0; each < 20_000; each += 1) metrics.timing('ms', each);
  await metrics.close();
  const [sample] = sink.samples;
  expect(sample).toMatchObject({ count: 20_000, min: 0, max: 19_999, last: 19_999 });
  expect(sample?.values.length).toBe(256);
  const mean = (sample?.values ?? []).reduce((all, value) => all + value, 0) / 256;
  // The standard error is 361.
  expect(Math.abs(mean - 10_000)).toBeLessThan(1500);
});

test('what waits for a slow sink is joined: values of both stand in it as they were, in proportion', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock, random: createRandom(5) });
  const kept = createRecordingSink();
  const release: (() => void)[] = [];
  metrics.addSink({
    name: 'slow',
    send: (batch, signal) =>
      new Promise((done) => {
        release.push(() => done(kept.send(batch, signal)));
      }),
  });
  metrics.gauge('first', 1);
  await clock.advance(10_000);
  for (let each = 0; each < 3000; each += 1) metrics.timing('ms', 1);
  metrics.gauge('depth', 1);
  await clock.advance(10_000);
  for (let each = 0; each < 1000; each += 1) metrics.timing('ms', 2);
  metrics.gauge('depth', 2);
  await clock.advance(10_000);
  release[0]?.();
  await clock.advance(0);
  release[1]?.();
  await clock.advance(0);
  const [, ms, depth] = kept.samples;
  expect(ms).toMatchObject({ key: 'ms', count: 4000, sum: 5000, min: 1, max: 2, last: 2 });
  expect(depth).toMatchObject({ key: 'depth', last: 2, count: 2 });
  expect(ms?.values.length).toBe(256);
  const ones = ms?.values.filter((value) => value === 1).length ?? 0;
  // 192 are to be expected; the standard deviation is 7.
  expect(Math.abs(ones - 192)).toBeLessThan(30);
});
