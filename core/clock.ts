/** Time, injectable: everything that waits or measures asks a clock, so that tests need no sleeps. */
export interface Clock {
  /** Milliseconds since the epoch, for what people read. */
  now(): number;
  /** Milliseconds from an arbitrary start, never set back: for durations. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** As `sleep`, but no process stays for it: one that has nothing else to do ends. */
  idle(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => wait(ms, signal, () => {}),
  idle: (ms, signal) => wait(ms, signal, (timer) => timer.unref()),
};

function wait(
  ms: number,
  signal: AbortSignal | undefined,
  onTimer: (timer: NodeJS.Timeout) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    onTimer(timer);
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** The work's end, or the signal's reason as soon as it aborts, also when the work knows no signal. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
      signal: done.signal,
    });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    done.abort();
  }
}

/**
 * Runs `work` with a signal of its own that aborts after `ms`; on expiry rejects with `onExpiry()`,
 * also when the work ignores its signal.
 */
export async function withDeadline<T>(
  { clock, ms, signal }: { clock: Clock; ms: number; signal?: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<T>,
  onExpiry: () => unknown,
): Promise<T> {
  const own = new AbortController();
  const inner = signal ? AbortSignal.any([signal, own.signal]) : own.signal;
  const bell = new AbortController();
  const expiry = clock.sleep(ms, bell.signal).then(
    () => {
      const reason = onExpiry();
      own.abort(reason);
      throw reason;
    },
    () => new Promise<never>(() => {}),
  );
  const race = Promise.race([work(inner), expiry]);
  try {
    return await (signal ? orAborted(race, signal) : race);
  } finally {
    bell.abort();
  }
}
