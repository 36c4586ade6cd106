import type { Clock } from '../clock.ts';

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Lets time pass: every sleep that is due ends, in order, with what it sets going. */
  advance(ms: number): Promise<void>;
  /** Sleeps that have not ended. */
  readonly sleeping: number;
}

interface Sleeper {
  due: number;
  wake(): void;
}

/**
 * For tests of whatever waits.
 *
 * @example
 * const clock = createFakeClock();
 * const nap = clock.sleep(1000);
 * await clock.advance(1000);
 * await nap;
 */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let elapsed = 0;
  const sleepers = new Set<Sleeper>();
  const clock: FakeClock = {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    get sleeping() {
      return sleepers.size;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper = {
          due: elapsed + ms,
          wake() {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', stop);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', stop, { once: true });
      });
    },
    idle: (ms, signal) => clock.sleep(ms, signal),
    async advance(ms) {
      const end = elapsed + ms;
      for (;;) {
        await settle();
        const [next] = [...sleepers]
          .filter(({ due }) => due <= end)
          .toSorted((a, b) => a.due - b.due);
        if (!next) break;
        elapsed = Math.max(elapsed, next.due);
        next.wake();
      }
      elapsed = end;
      await settle();
    },
  };
  return clock;
}

// Whatever is ready to go on goes on before time does.
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
