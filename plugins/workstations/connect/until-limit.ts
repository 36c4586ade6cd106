import type { Clock } from 'devservices/machine';
import type { TimeLimit } from './time-limit.ts';

/**
 * Runs `work` with a signal that aborts at the limit's end, with `onExpiry()` as its reason. Unlike
 * `withDeadline` it waits until `work` has ended: what it started, it ends first.
 */
export async function untilLimit<T>(
  { clock, limit, signal }: { clock: Clock; limit: TimeLimit; signal: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
  onExpiry: () => unknown,
): Promise<T> {
  const own = new AbortController();
  const bell = new AbortController();
  clock.sleep(limit.leftMs, bell.signal).then(
    () => own.abort(onExpiry()),
    () => {},
  );
  try {
    return await work(AbortSignal.any([signal, own.signal]));
  } finally {
    bell.abort();
  }
}
