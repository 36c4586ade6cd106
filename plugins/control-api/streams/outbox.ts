import type { EncodedEvents } from '../route-spec.ts';

/** What waits for one reader; bounded, so that one who reads slowly costs no more than that. */
export interface Outbox extends AsyncIterable<EncodedEvents> {
  /** `lastId` is that of the last event in it. */
  push(encoded: Uint8Array, lastId: string | undefined): void;
  /** The reader ends after what waits. */
  end(): void;
  /** The reader is told at once, by throwing this; what waits is let go. */
  fail(thrown: unknown): void;
  readonly waitingBytes: number;
}

export interface OutboxOptions {
  /** More than this may not wait, unless it is one piece that waits alone. */
  maxBytes: number;
  /** Id of the last event that the reader has seen. */
  lastId: string | undefined;
  /** The reader has not kept up: what it is told. It saw events up to this id. */
  onFull(lastId: string | undefined): unknown;
}

/** For one reader. */
export function createOutbox({ maxBytes, lastId, onFull }: OutboxOptions): Outbox {
  let waiting: { encoded: Uint8Array; lastId: string | undefined }[] = [];
  let waitingBytes = 0;
  let seenId = lastId;
  let isEnded = false;
  let failure: { thrown: unknown } | undefined;
  let wake = () => {};

  const fail = (thrown: unknown): void => {
    if (isEnded) return;
    failure = { thrown };
    isEnded = true;
    waiting = [];
    waitingBytes = 0;
    wake();
  };
  return {
    push(encoded, id) {
      if (isEnded || encoded.length === 0) return;
      if (waitingBytes > 0 && waitingBytes + encoded.length > maxBytes) return fail(onFull(seenId));
      waiting.push({ encoded, lastId: id });
      waitingBytes += encoded.length;
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    fail,
    get waitingBytes() {
      return waitingBytes;
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift();
        if (next) {
          waitingBytes -= next.encoded.length;
          seenId = next.lastId ?? seenId;
          yield { encoded: next.encoded };
        } else if (failure) throw failure.thrown;
        else if (isEnded) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
