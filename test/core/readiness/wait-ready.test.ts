import { expect, test } from 'vitest';
import { ready, type Readiness } from '../../../core/readiness/readiness.ts';
import {
  type Attempt,
  NotReadyError,
  type ReadinessSource,
  waitReady,
} from '../../../core/readiness/wait-ready.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { thrownBy } from '../../rig/kernel.ts';

const forEver = () => new Promise<never>(() => {});
const refused: Attempt = { ok: false, text: 'refused' };

/** A wait under way: attempts with their times, and how it ends. */
function begin(readiness: Readiness, source: Partial<ReadinessSource> = {}, deadlineMs?: number) {
  const clock = createFakeClock();
  const control = new AbortController();
  const attempts: number[] = [];
  const failures: [number, string][] = [];
  const state = { isReady: false, error: undefined as unknown };
  const done = waitReady({
    readiness,
    clock,
    signal: control.signal,
    deadlineMs,
    source: {
      async probe(probe, signal) {
        attempts.push(clock.monotonic());
        return source.probe ? source.probe(probe, signal) : refused;
      },
      logMatch: forEver,
      healthy: forEver,
      ...(source.logMatch ? { logMatch: source.logMatch } : {}),
      ...(source.healthy ? { healthy: source.healthy } : {}),
    },
    onFailedAttempt: (attempt, text) => void failures.push([attempt, text]),
  }).then(
    () => void (state.isReady = true),
    (error: unknown) => void (state.error = error),
  );
  return { clock, control, attempts, failures, state, done };
}

test('pauses begin at 20 ms, grow, and stay within the interval', async () => {
  const { clock, attempts } = begin(ready.port('p', { interval: '100ms' }));
  await clock.advance(500);
  const pauses = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0));
  expect(pauses[0]).toBe(20);
  expect(pauses.every((pause, index) => pause >= (pauses[index - 1] ?? 0))).toBe(true);
  expect(Math.max(...pauses)).toBe(100);
  expect(pauses.at(-1)).toBe(100);
});

test('the next attempt starts after the last has ended', async () => {
  const wait = begin(ready.command(['x']), {
    async probe() {
      await Promise.resolve();
      await wait.clock.sleep(300);
      return refused;
    },
  });
  await wait.clock.advance(1000);
  expect(wait.attempts.slice(0, 3)).toEqual([0, 320, 650]);
});

test('a hanging attempt is ended at its time-out, its signal aborted, and the next one counts', async () => {
  const signals: AbortSignal[] = [];
  const wait = begin(ready.command(['x'], { timeout: '2s' }), {
    async probe(_, signal) {
      signals.push(signal);
      return signals.length === 1 ? forEver() : { ok: true };
    },
  });
  await wait.clock.advance(1999);
  expect(signals[0]?.aborted).toBe(false);
  await wait.clock.advance(1);
  expect(signals[0]?.aborted).toBe(true);
  expect(wait.failures).toEqual([[1, 'no answer within 2.0 s']]);
  await wait.clock.advance(20);
  expect(wait.state.isReady).toBe(true);
});

test('an attempt that throws is an answer, and is tried again', async () => {
  let tries = 0;
  const wait = begin(ready.port(), {
    async probe() {
      if (++tries < 3) throw new Error('socket hang up');
      return { ok: true };
    },
  });
  await wait.clock.advance(100);
  expect(wait.state.isReady).toBe(true);
  expect(wait.failures).toEqual([[1, 'socket hang up']]);
});

test('the same answer is said once, another one anew', async () => {
  let tries = 0;
  const texts = ['a', 'a', 'b', 'b', 'a'];
  const wait = begin(ready.port(), {
    probe: async () => ({ ok: false, text: texts[tries++] ?? 'a' }),
  });
  await wait.clock.advance(2000);
  expect(wait.failures.map(([, text]) => text)).toEqual(['a', 'b', 'a']);
});

test('the deadline ends the wait with the last answer', async () => {
  const wait = begin(ready.port('p', { deadline: '5s' }));
  await wait.clock.advance(4999);
  expect(wait.state.error).toBeUndefined();
  await wait.clock.advance(1);
  const error = wait.state.error as NotReadyError;
  expect(error).toBeInstanceOf(NotReadyError);
  expect([error.waitedMs, error.lastProbe]).toEqual([5000, 'refused']);
});

for (const [readiness, lastProbe] of [
  [ready.port(), 'refused'],
  [ready.log('ready'), 'no line matched /ready/'],
  [ready.healthcheck(), 'its healthcheck has not passed'],
] as const) {
  test(`the deadline of ${readiness.kind} is 60 s, and --wait-timeout replaces it`, async () => {
    const wait = begin(readiness);
    await wait.clock.advance(59_999);
    expect(wait.state.error).toBeUndefined();
    await wait.clock.advance(1);
    expect(wait.state.error).toMatchObject({ waitedMs: 60_000, lastProbe });
    const short = begin(readiness, {}, 1500);
    await short.clock.advance(1500);
    expect(short.state.error).toMatchObject({ waitedMs: 1500 });
  });
}

test('nothing fails and nothing is said before the start period is over', async () => {
  const wait = begin(ready.port('p', { startPeriod: '10s', deadline: '5s' }));
  await wait.clock.advance(9900);
  expect(wait.failures).toEqual([]);
  expect(wait.state.error).toBeUndefined();
  await wait.clock.advance(100);
  expect(wait.state.error).toMatchObject({ waitedMs: 10_000, lastProbe: 'refused' });
});

test('--wait-timeout is the whole wait, whatever the start period', async () => {
  const wait = begin(ready.port('p', { startPeriod: '10s' }), {}, 3000);
  await wait.clock.advance(3000);
  expect(wait.state.error).toMatchObject({ waitedMs: 3000, lastProbe: 'refused' });
});

test('`none` is ready at once', async () => {
  const wait = begin(ready.none());
  await wait.done;
  expect(wait.state.isReady).toBe(true);
});

test('`all` waits for each, and gives the others up when one fails', async () => {
  let logSignal: AbortSignal | undefined;
  let isListening = false;
  const wait = begin(ready.all(ready.port(), ready.log('x', { deadline: '9s' })), {
    probe: async () => (isListening ? { ok: true } : refused),
    logMatch: (_, __, signal) => {
      logSignal = signal;
      return forEver();
    },
  });
  isListening = true;
  await wait.clock.advance(8999);
  expect(wait.state).toEqual({ isReady: false, error: undefined });
  await wait.clock.advance(1);
  expect(wait.state.error).toMatchObject({ lastProbe: 'no line matched /x/' });
  expect(logSignal?.aborted).toBe(true);
});

test('an abort ends the wait with its reason, and leaves no sleep behind', async () => {
  for (const readiness of [
    ready.port(),
    ready.log('x'),
    ready.healthcheck(),
    ready.all(ready.port(), ready.log('x')),
  ]) {
    const wait = begin(readiness);
    await wait.clock.advance(100);
    const reason = new Error('stop');
    wait.control.abort(reason);
    await wait.done;
    expect(wait.state.error).toBe(reason);
    expect(wait.clock.sleeping).toBe(0);
  }
});

test('a log pattern is a regular expression, its flags and `times` among it', async () => {
  const asked: [string, number][] = [];
  const wait = begin(ready.log(/ready to accept/i, { times: 2 }), {
    logMatch: async (pattern, times) => void asked.push([String(pattern), times]),
  });
  await wait.done;
  expect(asked).toEqual([['/ready to accept/i', 2]]);
});

test('a pattern that is none fails at once', async () => {
  const wait = begin({ kind: 'log', pattern: '(' });
  await wait.done;
  expect(await thrownBy(Promise.reject(wait.state.error as Error))).toBeInstanceOf(SyntaxError);
});
