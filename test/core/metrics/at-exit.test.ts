import { expect, onTestFinished, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import type { MetricSample, MetricsSink } from '../../../core/metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createRecordingSink } from './recording-sink.ts';

/** Calls those listeners that were added since, as Node does at the end. */
function exitOf(before: readonly unknown[]): void {
  for (const listener of process.listeners('exit')) {
    if (!before.includes(listener)) listener(0);
  }
}

const createHandedSink = (): MetricsSink & { handed: (readonly MetricSample[])[] } => {
  const handed: (readonly MetricSample[])[] = [];
  return { name: 'handed', handed, send() {}, sendNow: (batch) => void handed.push(batch) };
};

test('the exit is listened to while somebody can still send then, once for all', async () => {
  const before = process.listeners('exit');
  const added = () => process.listeners('exit').length - before.length;
  const all = Array.from({ length: 20 }, () => createMetrics({ clock: createFakeClock() }));
  for (const metrics of all) metrics.addSink(createRecordingSink());
  onTestFinished(() => all.forEach((metrics) => metrics.discard()));
  expect(added()).toBe(0);
  const leave = all.map((metrics) => metrics.addSink(createHandedSink()));
  expect(added()).toBe(1);
  leave.slice(0, 10).forEach((one) => one());
  expect(added()).toBe(1);
  await Promise.all(all.map((metrics) => metrics.close()));
  expect(added()).toBe(0);
});

test('at the exit each sink that can take it gets what it has not been given, once', async () => {
  const before = process.listeners('exit');
  const clock = createFakeClock();
  const metrics = createMetrics({ clock, limits: { sendMs: 60_000 } });
  onTestFinished(metrics.discard);
  const [one, other] = [createHandedSink(), createHandedSink()];
  const release: (() => void)[] = [];
  metrics.addSink({ ...one, send: () => new Promise((done) => release.push(done)) });
  metrics.addSink({
    name: 'throwing',
    send() {},
    sendNow() {
      throw new Error('no');
    },
  });
  metrics.addSink(other);
  metrics.incr('x');
  await clock.advance(10_000);
  metrics.incr('x', { amount: 2 });
  await clock.advance(10_000);
  metrics.incr('x', { amount: 4 });
  exitOf(before);
  exitOf(before);
  // The first has a batch under way: what comes of it, it knows by itself.
  expect(one.handed.map((batch) => batch.map(({ sum }) => sum))).toEqual([[6]]);
  expect(other.handed.map((batch) => batch.map(({ sum }) => sum))).toEqual([[4]]);
  expect(metrics.dropped()).toMatchObject({ 'sink-failed': 4, deadline: 0 });
  release.forEach((letGo) => letGo());
  await metrics.close();
  expect(process.listeners('exit')).toEqual(before);
});

test('an exit in the midst of the end hands over what waits', async () => {
  const before = process.listeners('exit');
  const clock = createFakeClock();
  const metrics = createMetrics({ clock, limits: { sendMs: 60_000 } });
  onTestFinished(metrics.discard);
  const sink = createHandedSink();
  const release: (() => void)[] = [];
  metrics.addSink({ ...sink, send: () => new Promise((done) => release.push(done)) });
  metrics.incr('x');
  await clock.advance(10_000);
  metrics.incr('x', { amount: 2 });
  const closed = metrics.close();
  exitOf(before);
  expect(sink.handed.flat().map(({ sum }) => sum)).toEqual([2]);
  release.forEach((letGo) => letGo());
  await clock.advance(1000);
  await closed;
  expect(metrics.dropped().deadline).toBe(0);
});
