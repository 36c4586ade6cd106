import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import type { MetricsSink } from '../../../core/metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createHangingSink, createRecordingSink, noDrops as none } from './recording-sink.ts';

test('at the end what is left is sent, then the sink is closed', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const told: string[] = [];
  metrics.addSink({
    name: 'slow',
    async send(batch) {
      await clock.sleep(300);
      told.push(`sent ${batch[0]?.sum}`);
    },
    async close() {
      await clock.sleep(300);
      told.push('closed');
    },
  });
  metrics.incr('x');
  await clock.advance(10_000);
  metrics.incr('x', { amount: 2 });
  const closed = metrics.close();
  await clock.advance(900);
  await closed;
  expect(told).toEqual(['sent 1', 'sent 2', 'closed']);
  expect(metrics.dropped()).toEqual(none);
  expect(clock.sleeping).toBe(0);
  // It goes on being counted, and nobody is told.
  metrics.incr('x');
  metrics.addSink(createHangingSink().sink)();
  await clock.advance(60_000);
  expect(metrics.snapshot()[0]?.sum).toBe(4);
  expect(told.length).toBe(3);
  await metrics.close();
});

test('one deadline holds for the end of all', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const steady = createRecordingSink();
  let lateIsClosed = false;
  const hanging = createHangingSink({ name: 'one' });
  metrics.addSink({ ...hanging.sink, close: () => void (lateIsClosed = true) });
  metrics.addSink(createHangingSink({ name: 'other', heedsSignal: true }).sink);
  metrics.addSink({ name: 'unclosed', send() {}, close: () => new Promise(() => {}) });
  metrics.addSink(steady);
  metrics.incr('x', { amount: 5 });
  let isClosed = false;
  const closed = metrics.close().then(() => void (isClosed = true));
  await clock.advance(999);
  expect(steady.total()).toBe(5);
  expect(steady.isClosed).toBe(true);
  expect(isClosed).toBe(false);
  await clock.advance(1);
  await closed;
  expect(metrics.dropped()).toEqual({ ...none, deadline: 10 });
  // Sockets that it holds would keep the process.
  expect(lateIsClosed).toBe(true);
  expect(clock.sleeping).toBe(0);
});

test('the end without sinks takes no time', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  metrics.incr('x');
  await metrics.close();
  const late = createMetrics({ clock });
  late.addSink(createRecordingSink());
  late.discard();
  await late.close();
  expect(clock.sleeping).toBe(0);
});

test('a sink that is taken away gets what was recorded until then, and is closed', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const [leaving, staying, coming] = [1, 2, 3].map((each) => createRecordingSink(`sink${each}`));
  const leave = metrics.addSink(leaving as MetricsSink);
  metrics.addSink(staying as MetricsSink);
  metrics.incr('x');
  metrics.addSink(coming as MetricsSink);
  metrics.incr('x', { amount: 2 });
  leave();
  leave();
  metrics.incr('x', { amount: 4 });
  await metrics.close();
  expect([leaving, staying, coming].map((sink) => sink?.total())).toEqual([3, 7, 6]);
  expect([leaving, staying, coming].map((sink) => sink?.isClosed)).toEqual([true, true, true]);
});

test('one that was taken away and still sends is waited for at the end', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const { sink } = createHangingSink();
  metrics.addSink(createRecordingSink());
  const leave = metrics.addSink(sink);
  metrics.incr('x');
  leave();
  const closed = metrics.close();
  await clock.advance(1000);
  await closed;
  expect(metrics.dropped()).toEqual({ ...none, deadline: 1 });
});

test('what is discarded is sent no more', async () => {
  const clock = createFakeClock();
  const metrics = createMetrics({ clock });
  const sink = createRecordingSink();
  metrics.addSink(sink);
  metrics.incr('x');
  metrics.discard();
  await clock.advance(60_000);
  await metrics.close();
  expect(sink.batches).toEqual([]);
  expect(sink.isClosed).toBe(true);
});
