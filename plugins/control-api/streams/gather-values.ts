import type { Clock } from 'devservices/machine';

const windowMs = 50;
const mostSize = 128 * 1024;

/**
 * What comes within 50 ms, as one, of at most some 128 KiB: while a reader takes its time, no more is
 * asked for. Ends with its source.
 */
export async function* gatherValues<Value>(
  source: AsyncIterable<Value>,
  { clock, sizeOf }: { clock: Clock; sizeOf(value: Value): number },
): AsyncGenerator<Value[]> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const first = await next;
      if (first.done === true) return;
      const values = [first.value];
      const bell = new AbortController();
      const closing = clock.sleep(windowMs, bell.signal).then(
        () => undefined,
        () => undefined,
      );
      next = iterator.next();
      let size = sizeOf(first.value);
      while (size < mostSize) {
        const found = await Promise.race([next, closing]);
        if (found === undefined || found.done === true) break;
        values.push(found.value);
        size += sizeOf(found.value);
        next = iterator.next();
      }
      bell.abort();
      yield values;
    }
  } finally {
    // One that waits for its next value ends with what it waits for: nobody waits for it here.
    void stop(iterator);
  }
}

async function stop(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // Nobody reads it any more.
  }
}
