import { statSync } from 'node:fs';
import {
  type Clock,
  createJournalCursor,
  type JournalCursor,
  type JournalEntry,
} from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import type { EncodedEvents } from '../route-spec.ts';
import { encodeEvent } from './encode-event.ts';
import { gatherEntries } from './gather-entries.ts';
import { followJournal, type JournalFollower } from './journal-follower.ts';
import { createOutbox, type Outbox } from './outbox.ts';

/** The events of a journal for many readers: it is followed once, and encoded once, for all of them. */
export interface JournalFeed {
  /**
   * Every event once and in order. Who begins with an event's id reads the file from there, and joins the
   * others when it is where they are. `event: reset` says that another journal is there, whose ids begin
   * anew. Throws DS_API_STREAM_DROPPED where the reader does not keep up, and DS_STATE_UNREADABLE.
   */
  read(reading: FeedReading): AsyncIterable<EncodedEvents>;
  /** Those that follow now. */
  readonly readers: number;
  /** What waits for all of them. */
  readonly waitingBytes: number;
}

export interface FeedReading {
  /** Id of the last event that was seen; -1: from the first. Default: what is written from now on. */
  after?: number | undefined;
  /** Default: all. */
  keeps?: ((event: JournalEntry['event']) => boolean) | undefined;
  /** Ends it. */
  signal: AbortSignal;
}

export interface FeedOptions {
  path: string;
  project: string;
  clock: Clock;
  /** What may wait for one reader. */
  maxBytes?: number;
}

interface Reader {
  outbox: Outbox;
  /** What was written before was seen. */
  from: number;
  keeps: FeedReading['keeps'];
}

/** Follows only while somebody reads. */
export function createJournalFeed(options: FeedOptions): JournalFeed {
  const { path, project, clock, maxBytes = 1024 * 1024 } = options;
  const readers = new Set<Reader>();
  let follower: JournalFollower | undefined;

  const resetEvent = (): Buffer => {
    const at = new Date(clock.now()).toISOString();
    // Whoever is cut off goes on at the beginning.
    return encodeEvent({ id: '-1', event: 'reset', data: { event: 'reset', at, project } });
  };
  const startFollowing = (cursor: JournalCursor): JournalFollower =>
    followJournal(
      { path, cursor, clock },
      {
        onBatch(batch) {
          for (const { outbox, from, keeps } of readers) {
            const { encoded, lastId } = batch.select({ from, keeps });
            outbox.push(encoded, lastId);
          }
        },
        onReplaced() {
          const encoded = resetEvent();
          for (const reader of readers) {
            reader.from = 0;
            reader.outbox.push(encoded, '-1');
          }
        },
        onError(thrown) {
          follower = undefined;
          for (const { outbox } of readers) outbox.fail(thrown);
        },
      },
    );
  const join = (cursor: JournalCursor, lastId: string, keeps: FeedReading['keeps']): Reader => {
    const key = 'GET /events';
    const outbox = createOutbox({
      maxBytes,
      lastId,
      onFull: (lastEventId) => {
        leave(reader);
        const reason = `more than ${maxBytes} bytes waited for its reader`;
        return apiErrors.create('DS_API_STREAM_DROPPED', { key, reason, lastEventId });
      },
    });
    const reader = { outbox, from: cursor.position, keeps };
    readers.add(reader);
    follower ??= startFollowing(cursor);
    return reader;
  };
  const leave = (reader: Reader): void => {
    readers.delete(reader);
    if (readers.size > 0) return;
    follower?.stop();
    follower = undefined;
  };

  async function* read({ after, keeps, signal }: FeedReading): AsyncGenerator<EncodedEvents> {
    const start = after === undefined ? { length: sizeOf(path) } : { after };
    const cursor = createJournalCursor(path, start);
    let lastId = after === undefined ? undefined : `${after}`;
    for (;;) {
      const looks = follower?.looks;
      for await (const found of gatherEntries(cursor)) {
        if (signal.aborted) return;
        const { encoded, lastId: id } =
          found === 'replaced'
            ? { encoded: resetEvent(), lastId: '-1' }
            : found.select({ from: 0, keeps });
        lastId = id ?? lastId;
        if (encoded.length > 0) yield { encoded };
      }
      if (signal.aborted) return;
      if (lastId === undefined) {
        // Where it began, so that whoever is cut off before the first event misses none.
        lastId = `${cursor.position - 1}`;
        yield { encoded: Buffer.from(`id: ${lastId}\n\n`) };
      } else if (!follower || follower.hasCaughtUp(cursor)) {
        break;
      } else if (follower.looks === looks) {
        await follower.nextLook(signal);
      }
    }
    // Nothing was awaited since: what comes next comes to both.
    const reader = join(cursor, lastId, keeps);
    const { outbox } = reader;
    signal.addEventListener('abort', outbox.end, { once: true });
    try {
      yield* outbox;
    } finally {
      signal.removeEventListener('abort', outbox.end);
      leave(reader);
    }
  }
  return {
    read,
    get readers() {
      return readers.size;
    },
    get waitingBytes() {
      return [...readers].reduce((bytes, { outbox }) => bytes + outbox.waitingBytes, 0);
    },
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
