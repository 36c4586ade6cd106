import type { FakeClock } from '../../../../core/testing/fake-clock.ts';

/** What came of it, and when, by the fake clock. */
export interface Ending<T> {
  value?: T;
  error?: unknown;
  /** Milliseconds that it took; undefined where it goes on. */
  tookMs: number | undefined;
}

/** Lets the clock go on, in steps of half a second, until the work ends or `maxMs` have passed. */
export async function walkUntil<T>(
  clock: FakeClock,
  work: Promise<T>,
  maxMs = 3_600_000,
): Promise<Ending<T>> {
  const startMs = clock.monotonic();
  const endings: Ending<T>[] = [];
  const end = (found: Omit<Ending<T>, 'tookMs'>): void => {
    endings.push({ ...found, tookMs: clock.monotonic() - startMs });
  };
  work.then(
    (value) => end({ value }),
    (error: unknown) => end({ error }),
  );
  while (endings.length === 0 && clock.monotonic() - startMs < maxMs) await clock.advance(500);
  return endings[0] ?? { tookMs: undefined };
}
