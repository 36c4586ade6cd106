import type { Clock } from 'devservices/machine';

const firstPauseMs = 20;
const longestPauseMs = 100;

/**
 * Whether something became true within `forMs`; asked at once, then after pauses that grow from 20 to
 * 100 ms. Rejects with the signal's reason.
 */
export async function pollUntil(
  { clock, signal, forMs }: { clock: Clock; signal: AbortSignal; forMs: number },
  isTrue: () => boolean,
): Promise<boolean> {
  const end = clock.monotonic() + forMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    signal.throwIfAborted();
    if (isTrue()) return true;
    const leftMs = end - clock.monotonic();
    if (leftMs <= 0) return false;
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
  }
}
