import type { Telling } from './begin-telling.ts';
import type { Captured, Captures } from './captures.ts';
import type { Sentry } from './contract.ts';

/** What plugins and tasks get as `sentry`; it works from the first moment, whoever is told in the end. */
export function createContract({
  captures,
  telling,
}: {
  captures: Captures;
  telling(): Telling | undefined;
}): Sentry {
  const add = (what: Captured['what'], capture: Captured['capture']) =>
    captures.add({ atMs: Date.now(), what, capture });
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
