import { type Clock, type DevServicesError, isDevServicesError } from 'devservices/machine';
import type { EncodedEvents, StreamEvent } from '../route-spec.ts';
import { type ChunkSender, createChunkSender } from './chunk-sender.ts';
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
  onOver?(how: StreamEnd): void;
}

/** Why a stream is over; `left`: whoever read it went away. */
export type StreamEnd = 'complete' | 'closing' | 'dropped' | 'refused' | 'failed' | 'left';

/**
 * Server-sent events of whatever yields them. They go out together, at most every 50 ms; the next one is
 * asked for when there is room. Its last event says why it ended:
 *
 * | event     | when                                                                          |
 * | --------- | ----------------------------------------------------------------------------- |
 * | `end`     | `{ reason: 'complete' }`: there are no more; `'closing'`: the API closes      |
 * | `dropped` | `{ reason, lastEventId }`: the reader did not keep up (DS_API_STREAM_DROPPED) |
 * | `refused` | a problem: whoever reads may not any more                                     |
 * | `failed`  | a problem: what the events are made by threw                                  |
 *
 * @example
 * new Response(toEventStream(events, { clock, signal, problemOf, onOver: () => left.abort() }))
 */
export function toEventStream(
  events: AsyncIterable<StreamEvent | EncodedEvents>,
  options: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const { clock, signal, session, problemOf } = options;
  const over = new AbortController();
  const iterator = events[Symbol.asyncIterator]();
  let sender: ChunkSender | undefined;

  const leave = (how: StreamEnd): void => {
    if (over.signal.aborted) return;
    over.abort();
    signal.removeEventListener('abort', onClosing);
    sender?.drop();
    options.onOver?.(how);
    // One that waits for an event ends when `onOver` ends what it waits for: nobody waits for it here.
    void stop(iterator);
  };
  const end = (how: StreamEnd, event: StreamEvent): void => {
    // Who may not read any more is not given what waits.
    sender?.end(encodeEvent(event), how === 'refused');
    leave(how);
  };
  const onClosing = (): void => end('closing', { event: 'end', data: { reason: 'closing' } });
  const fail = (thrown: unknown): void => {
    if (!isDropped(thrown)) return end('failed', { event: 'failed', data: problemOf(thrown) });
    const { reason, lastEventId } = thrown.facts;
    end('dropped', { event: 'dropped', data: { reason, lastEventId } });
  };
  const refuse = (thrown: unknown): void =>
    end('refused', { event: 'refused', data: problemOf(thrown) });

  const pump = async (to: ChunkSender): Promise<void> => {
    while (!over.signal.aborted) {
      const { done = false, value } = await iterator.next();
      if (over.signal.aborted) return;
      if (done) return end('complete', { event: 'end', data: { reason: 'complete' } });
      const isBatch = 'encoded' in value;
      await to.send(isBatch ? value.encoded : encodeEvent(value), isBatch);
    }
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      sender = createChunkSender(clock, controller);
      // The headers go out with it, so that who asked knows that it is open.
      controller.enqueue(heartbeat);
      if (signal.aborted) return onClosing();
      signal.addEventListener('abort', onClosing, { once: true });
      pump(sender).catch(fail);
      void keepAlive(sender, clock, over.signal);
      if (session) void watchSession(session, { clock, signal: over.signal }, refuse);
    },
    pull: () => sender?.onWanted(),
    cancel: () => leave('left'),
  });
}

async function keepAlive(sender: ChunkSender, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const leftMs = sender.quietSince + heartbeatMs - clock.monotonic();
    if (leftMs <= 0) sender.beat();
    else await clock.sleep(leftMs, signal).catch(() => {});
  }
}

async function stop(iterator: AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.();
  } catch {
    // It is over for whoever read it.
  }
}

const isDropped = (thrown: unknown): thrown is DevServicesError =>
  isDevServicesError(thrown) && thrown.code === 'DS_API_STREAM_DROPPED';
