import { reasonOf } from 'devservices/machine';
import type { Logger } from 'devservices/runner';
import type { Telling } from './begin-telling.ts';
import type { Captured, Captures } from './captures.ts';
import type { Sentry } from './contract.ts';

/** What plugins and tasks get as `sentry`; it works from the first moment, whoever is told in the end. */
export function createContract({
  captures,
  telling,
  log,
}: {
  captures: Captures;
  telling(): Telling | undefined;
  log: Pick<Logger, 'debug'>;
}): Sentry {
  const add = (what: Captured['what'], capture: Captured['capture']) => {
    try {
      captures.add({ atMs: Date.now(), what, capture });
    } catch (thrown) {
      log.debug(`Something captured is not told to Sentry: ${reasonOf(thrown)}`);
    }
  };
  return {
    get sinks() {
      return telling()?.sinks ?? [];
    },
    captureException: (thrown, capture = {}) => add({ thrown }, capture),
    captureMessage: (text, { level = 'info', ...capture } = {}) => add({ text, level }, capture),
    flush: async (timeoutMs) => telling()?.flush(timeoutMs) ?? captures.kept === 0,
    counts: () => telling()?.counts() ?? {},
  };
}
