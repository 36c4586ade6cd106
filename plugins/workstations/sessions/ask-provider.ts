import { orAborted } from 'devservices/machine';
import type { WorkstationProvider } from '../contract.ts';
import { retryTransient } from '../connect/retry-transient.ts';
import type { SessionContext } from './session-context.ts';

/** Questions to a provider that change nothing. */
export interface Asking {
  /**
   * Asks, again where that fails for now. Before the first answer counts, the provider is checked, beside
   * the question: what it lacks is what people are told.
   */
  <T>(
    signal: AbortSignal,
    question: (provider: WorkstationProvider, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
}

export function createAsking({
  provider,
  clock,
  log,
}: Pick<SessionContext, 'provider' | 'clock' | 'log'>): Asking {
  let isChecked = false;
  return async (signal, question) => {
    const over = new AbortController();
    const until = AbortSignal.any([signal, over.signal]);
    const say = (text: string): void => log.info(text);
    const ask = async <T>(work: () => Promise<T>): Promise<T> =>
      retryTransient({ clock, say, signal: until }, () => orAborted(work(), until));
    const asked = ask(() => question(provider, until));
    // Whoever waits for it is told below.
    asked.catch(() => {});
    try {
      if (!isChecked) await ask(() => provider.check(until));
      isChecked = true;
      return await asked;
    } finally {
      over.abort();
    }
  };
}
