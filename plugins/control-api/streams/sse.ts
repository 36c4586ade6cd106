import { type Clock, isDevServicesError } from 'devservices/machine';
import type { EncodedEvents, StreamEvent } from '../route-spec.ts';
import { createChunkSender } from './chunk-sender.ts';
import { encodeEvent, heartbeat } from './encode-event.ts';
import { type StreamSession, watchSession } from './stream-session.ts';

const heartbeatMs = 15_000;

export interface EventStreamOptions {
  clock: Clock;
  /** Ends it with a last event, as the API closes. */
  signal: AbortSignal;
  /** Looked at again while it goes on; without it, whoever reads may for ever. */
  session?: StreamSession | undefined;
  /** How what was thrown is told: an object with its `code`. */
  problemOf(thrown: unknown): unknown;
  /** Called once when it is over, whoever ended it: what the events are made by ends then. */
  onOver?(): void;
}

/**
 * Server-sent events of whatever yields them. They go out together, at most every 50 ms; the next one is
 * asked for when there is room. Its last event says why it ended:
 *
 * | event     | when                                                                         |
 * | --------- | ---------------------------------------------------------------------------- |
 * | `end`     | `{ reason: 'complete' }`: there are no more; `'closing'`: the API closes       |
 * | `dropped` | `{ reason, lastEventId }`: the reader did not keep up (DS_API_STREAM_DROPPED)  |
 * | `refused` | a problem: whoever reads may not any more                                    |
 * | `failed`  | a problem: what the events are made by threw                                 |
 *
 * @example
 * new Response(toEventStream(events, { clock, signal, problemOf, onOver: () => left.abort() }))
 */
export function toEventStream(
  events: AsyncIterable<StreamEvent | EncodedEvents>,
  { clock, signal, session, problemOf, onOver }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const over = new AbortController();
  const iterator = events[Symbol.asyncIterator]();
  let sender: ReturnType<typeof createChunkSender> | undefined;

  const leave = (): void => {
    if (over.signal.aborted) return;
    over.abort();
    signal.removeEventListener('abort', onClosing);
    sender?.drop();
    onOver?.();
    // One that waits for an event ends when `onOver` ends what it waits for: nobody waits for it here.
    iterator.return?.().catch(() => {});
  };
  const end = (event: string, facts: unknown, isCut = false): void => {
    if (!over.signal.aborted) sender?.end(encodeEvent({ event, data: facts }), isCut);
    leave();
  };
  const onClosing = (): void => end('end', { reason: 'closing' });

  const pump = async (): Promise<void> => {
    try {
      for (;;) {
        const next = await iterator.next();
        if (over.signal.aborted) return;
        if (next.done === true) return end('end', { reason: 'complete' });
        const isBatch = 'encoded' in next.value;
        const bytes = 'encoded' in next.value ? next.value.encoded : encodeEvent(next.value);
        await sender?.send(bytes, isBatch);
        if (over.signal.aborted) return;
      }
    } catch (thrown) {
      if (isDevServicesError(thrown) && thrown.code === 'DS_API_STREAM_DROPPED') {
        end('dropped', { reason: thrown.message, ...thrown.facts });
      } else {
        end('failed', problemOf(thrown));
      }
    }
  };
  const beat = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const sentAt = sender?.sentAt ?? 0;
      const quietMs = clock.monotonic() - Math.max(sentAt, 0);
      const leftMs = sentAt < 0 ? heartbeatMs : heartbeatMs - quietMs;
      if (leftMs <= 0) sender?.beat(heartbeat);
      await clock.sleep(leftMs > 0 ? leftMs : heartbeatMs, over.signal).catch(() => {});
    }
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      sender = createChunkSender(clock, controller);
      if (signal.aborted) return onClosing();
      signal.addEventListener('abort', onClosing, { once: true });
      void pump();
      void beat();
      if (session) {
        const refuse = (thrown: unknown) => end('refused', problemOf(thrown), true);
        void watchSession(session, { clock, signal: over.signal }, refuse);
      }
    },
    pull: () => sender?.onWanted(),
    cancel: leave,
  });
}
