import { createEventParser, type ReceivedEvent } from './event-parser.ts';

/** The events of one connection, until it ends, is cut, or the signal aborts; never throws for these. */
export async function* receiveEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<ReceivedEvent> {
  const reader = body.getReader();
  const parser = createEventParser();
  const decoder = new TextDecoder();
  const leave = (): void => void reader.cancel().catch(() => {});
  signal.addEventListener('abort', leave, { once: true });
  try {
    while (!signal.aborted) {
      // A connection that breaks off is one that ends: whoever reads goes on with another.
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined || signal.aborted) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    signal.removeEventListener('abort', leave);
    leave();
  }
}
