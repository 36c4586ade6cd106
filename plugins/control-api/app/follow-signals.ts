import { setMaxListeners } from 'node:events';

/** A signal for one call; made anew each time, as AbortSignal.any() is kept by what lasts longer. */
export interface Followed {
  readonly signal: AbortSignal;
  abort(): void;
  /** Follows them no longer. */
  leave(): void;
}

/** Aborts as soon as one of these does. */
export function followSignals(signals: readonly AbortSignal[]): Followed {
  const own = new AbortController();
  const onAbort = (event: Event): void => own.abort((event.target as AbortSignal).reason);
  // As many follow it as there are calls at a time.
  setMaxListeners(0, ...signals);
  for (const signal of signals) {
    if (signal.aborted) own.abort(signal.reason);
    else signal.addEventListener('abort', onAbort, { once: true });
  }
  const leave = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
  };
  return {
    signal: own.signal,
    leave,
    abort() {
      leave();
      own.abort();
    },
  };
}
