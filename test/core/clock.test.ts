import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { orAborted, systemClock, withDeadline } from '../../core/clock.ts';
import { createLogger, isShown } from '../../core/log.ts';
import { createFakeClock } from '../../core/testing/fake-clock.ts';
import { thrownBy } from '../rig/kernel.ts';

const late = new Error('late');

test('work within its time gives its result, and leaves nothing behind', async () => {
  const clock = createFakeClock();
  const control = new AbortController();
  const { signal } = control;
  expect(
    await withDeadline(
      { clock, ms: 10, signal },
      async () => 'done',
      () => late,
    ),
  ).toBe('done');
  expect(clock.sleeping).toBe(0);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('work that takes too long is aborted, also when it does not listen', async () => {
  const clock = createFakeClock();
  let inner: AbortSignal | undefined;
  const work = (signal: AbortSignal) => {
    inner = signal;
    return new Promise<never>(() => {});
  };
  const done = thrownBy(withDeadline({ clock, ms: 10 }, work, () => late));
  await clock.advance(10);
  expect(await done).toBe(late);
  expect(inner?.reason).toBe(late);
});

test('work that fails fails as it does; a failure after the time is nobody’s', async () => {
  const clock = createFakeClock();
  const own = new Error('own');
  expect(
    await thrownBy(
      withDeadline(
        { clock, ms: 10 },
        () => Promise.reject(own),
        () => late,
      ),
    ),
  ).toBe(own);
  const done = thrownBy(
    withDeadline(
      { clock, ms: 10 },
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(own))),
      () => late,
    ),
  );
  await clock.advance(10);
  expect([late, own]).toContain(await done);
});

test('an outer abort ends it with its reason, at once where it was aborted before', async () => {
  const clock = createFakeClock();
  const reason = new Error('stop');
  const { signal } = new AbortController();
  const control = new AbortController();
  const hanging = () => new Promise<never>(() => {});
  const done = thrownBy(
    withDeadline({ clock, ms: 10, signal: control.signal }, hanging, () => late),
  );
  control.abort(reason);
  expect(await done).toBe(reason);
  expect(await thrownBy(orAborted(hanging(), AbortSignal.abort(reason)))).toBe(reason);
  expect(await orAborted(Promise.resolve(1), signal)).toBe(1);
});

test('the real clock: a sleep ends by itself, or with its signal', async () => {
  const reason = new Error('stop');
  const control = new AbortController();
  await systemClock.sleep(0, control.signal);
  expect(getEventListeners(control.signal, 'abort')).toEqual([]);
  const nap = thrownBy(systemClock.sleep(60_000, control.signal));
  control.abort(reason);
  expect(await nap).toBe(reason);
  expect(await thrownBy(systemClock.sleep(0, control.signal))).toBe(reason);
  expect(systemClock.monotonic()).toBeLessThanOrEqual(systemClock.monotonic());
});

test('no process stays for what waits idly', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
  const control = new AbortController();
  const before = timers();
  const idle = systemClock.idle(60_000, control.signal);
  expect(timers()).toBe(before);
  const asleep = systemClock.sleep(60_000, control.signal);
  expect(timers()).toBe(before + 1);
  control.abort(late);
  await expect(idle).rejects.toBe(late);
  await expect(asleep).rejects.toBe(late);
  await systemClock.idle(1);
});

test('the fake clock wakes sleepers in order, and those that they set going', async () => {
  const clock = createFakeClock();
  const woke: [string, number][] = [];
  const nap = (name: string, ms: number) =>
    clock.sleep(ms).then(() => void woke.push([name, clock.monotonic()]));
  void nap('b', 20);
  void nap('a', 10).then(() => nap('c', 5));
  await clock.advance(100);
  expect(woke).toEqual([
    ['a', 10],
    ['c', 15],
    ['b', 20],
  ]);
  expect(clock.monotonic()).toBe(100);
});

test('log lines carry their level and plugin; a threshold hides what weighs less', () => {
  const seen: unknown[] = [];
  const log = createLogger({ emit: (event) => void seen.push(event) }, 'mail');
  log.warn('full');
  createLogger({ emit: (event) => void seen.push(event) }).debug('x');
  expect(seen).toEqual([
    { event: 'message', level: 'warn', text: 'full', plugin: 'mail' },
    { event: 'message', level: 'debug', text: 'x' },
  ]);
  expect([isShown('debug', 'info'), isShown('warn', 'info'), isShown('error', 'silent')]).toEqual([
    false,
    true,
    false,
  ]);
});
