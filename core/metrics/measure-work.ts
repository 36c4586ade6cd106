import type { Clock } from '../clock.ts';

/** What may be added to while the work goes on. */
export type GrowingTags = Record<string, string | number | boolean>;

/**
 * Runs the work and tells how long it took and how it ended, of a promise when it settles. Gives what the
 * work gives; a promise settles after it was told.
 */
export function measureWork<T>({
  clock,
  work,
  tell,
}: {
  clock: Clock;
  work(tags: GrowingTags): T;
  tell(ms: number, ended: { tags: GrowingTags; result: 'success' | 'failure' }): void;
}): T {
  const tags: GrowingTags = {};
  const began = clock.monotonic();
  const end = (result: 'success' | 'failure') => tell(clock.monotonic() - began, { tags, result });
  let given: T;
  try {
    given = work(tags);
  } catch (thrown) {
    end('failure');
    throw thrown;
  }
  if (!isThenable(given)) {
    end('success');
    return given;
  }
  // Asked once: there are those that begin anew each time. And nobody's rejection is hidden.
  return given.then(
    (value) => {
      end('success');
      return value;
    },
    (reason: unknown) => {
      end('failure');
      throw reason;
    },
  ) as T;
}

function isThenable(given: unknown): given is PromiseLike<unknown> {
  return (
    ((typeof given === 'object' && given !== null) || typeof given === 'function') &&
    'then' in given &&
    typeof given.then === 'function'
  );
}
