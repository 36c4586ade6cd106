import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { pollUntil } from '../../../../plugins/process/ending/poll-until.ts';

const never = new AbortController().signal;

/** When it looked, in milliseconds from the beginning, and what it said. */
async function looksIn(forMs: number, isTrueFrom: number) {
  const clock = createFakeClock();
  const looks: number[] = [];
  const result = pollUntil({ clock, signal: never, forMs }, () => {
    looks.push(Math.round(clock.monotonic()));
    return clock.monotonic() >= isTrueFrom;
  });
  await clock.advance(10_000);
  return { looks, isTrue: await result };
}

test('it looks at once, then after pauses that grow to 100 ms', async () => {
  const { looks, isTrue } = await looksIn(1000, 500);
  const pauses = looks.slice(1).map((at, index) => at - (looks[index] ?? 0));
  expect(looks[0]).toBe(0);
  expect(pauses[0]).toBe(20);
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(Math.max(...pauses)).toBe(100);
  expect(isTrue).toBe(true);
});

test('it looks a last time when the time is over', async () => {
  expect(await looksIn(50, 50)).toEqual({ looks: [0, 20, 50], isTrue: true });
  expect(await looksIn(50, 51)).toEqual({ looks: [0, 20, 50], isTrue: false });
  expect(await looksIn(0, 1)).toEqual({ looks: [0], isTrue: false });
});

test('it ends with the signal’s reason', async () => {
  const clock = createFakeClock();
  const stop = new AbortController();
  const polled = pollUntil({ clock, signal: stop.signal, forMs: 1000 }, () => false);
  stop.abort(new Error('interrupted'));
  await expect(polled).rejects.toThrow('interrupted');
});
