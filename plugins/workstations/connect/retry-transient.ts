import type { Clock } from 'devservices/machine';
import { TransientFailure } from '../transient-failure.ts';
import { createBackoff } from './backoff.ts';

const mostTries = 3;

/**
 * A question that changes nothing, asked again where it failed for now. Throws the whole failure where
 * that does not help.
 */
export async function retryTransient<T>(
  { clock, say, signal }: { clock: Clock; say(text: string): void; signal: AbortSignal },
  question: () => Promise<T>,
): Promise<T> {
  const pauses = createBackoff(clock);
  for (let tries = 1; ; tries += 1) {
    try {
      return await question();
    } catch (thrown) {
      if (!(thrown instanceof TransientFailure)) throw thrown;
      signal.throwIfAborted();
      if (tries === mostTries) throw thrown.cause;
      say(`${thrown.message}; trying again`);
      await pauses.wait(signal);
    }
  }
}
