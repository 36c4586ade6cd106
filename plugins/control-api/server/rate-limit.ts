import type { Clock } from 'devservices/machine';

export interface Rate {
  perSecond: number;
  /** How many at once, where nothing was asked for a while. */
  burst: number;
}

/** How often something may be done, by key. */
export interface RateLimit {
  /** Takes one; otherwise how long it is until there is one, milliseconds. */
  take(key: string): number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/**
 * A bucket of tokens for each key, that fills by itself. Of no more than `maxKeys` it is known what they
 * took: who was not seen for the longest is forgotten first, and begins with a full one.
 *
 * @example const reads = createRateLimit({ rate: { perSecond: 200, burst: 400 }, clock });
 */
export function createRateLimit({
  rate: { perSecond, burst },
  clock,
  maxKeys = 1000,
}: {
  rate: Rate;
  clock: Clock;
  maxKeys?: number;
}): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(key) {
      const atMs = clock.monotonic();
      const bucket = buckets.get(key) ?? { tokens: burst, atMs };
      const filled = bucket.tokens + ((atMs - bucket.atMs) / 1000) * perSecond;
      const tokens = Math.min(burst, filled);
      const isTaken = tokens >= 1;
      // Set anew, so that the first key is the one that was not seen for the longest.
      buckets.delete(key);
      buckets.set(key, { tokens: isTaken ? tokens - 1 : tokens, atMs });
      if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value as string);
      return isTaken ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
    },
  };
}
