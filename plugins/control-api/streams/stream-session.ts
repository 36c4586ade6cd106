import type { Clock } from 'devservices/machine';

const lookEveryMs = 10_000;

/** Whether whoever reads a stream may still do so. */
export interface StreamSession {
  /** Throws what refuses them by now. */
  check(): Promise<void>;
  /** Calls back when that may have changed, as when a token is revoked; gives how to leave. */
  onChange?(look: () => void): () => void;
}

/** Looks every ten seconds, and when it may have changed; gives what refuses them, once. */
export async function watchSession(
  session: StreamSession,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  onRefused: (thrown: unknown) => void,
): Promise<void> {
  let hasChanged = false;
  let wake = () => {};
  const leave = session.onChange?.(() => {
    hasChanged = true;
    wake();
  });
  try {
    while (!signal.aborted) {
      if (!hasChanged) await nap(clock, signal, (ring) => (wake = ring));
      if (signal.aborted) return;
      hasChanged = false;
      await session.check();
    }
  } catch (thrown) {
    // Also where it could not be found out: who cannot be looked up is nobody.
    if (!signal.aborted) onRefused(thrown);
  } finally {
    leave?.();
  }
}

/** Until the next look is due, somebody rings, or it is over. */
async function nap(
  clock: Clock,
  signal: AbortSignal,
  onReady: (ring: () => void) => void,
): Promise<void> {
  const bell = new AbortController();
  const ring = () => bell.abort();
  signal.addEventListener('abort', ring, { once: true });
  onReady(ring);
  await clock.sleep(lookEveryMs, bell.signal).catch(() => {});
  signal.removeEventListener('abort', ring);
}
