import type { Clock } from 'devservices/machine';

const firstMs = 1000;
const factor = 1.5;
const longestMs = 15_000;

/** Pauses between questions: a second, each half as long again as the one before, 15 s at most. */
export interface Backoff {
  wait(signal: AbortSignal): Promise<void>;
}

export function createBackoff(clock: Clock): Backoff {
  let nextMs = firstMs;
  return {
    async wait(signal) {
      const ms = nextMs;
      nextMs = Math.min(longestMs, ms * factor);
      await clock.sleep(ms, signal);
    },
  };
}
