import { join } from 'node:path';
import { type Clock, systemClock } from '../../../../core/clock.ts';
import type { DevServicesEvent } from '../../../../core/events.ts';
import { createEventParser } from '../../../../plugins/control-api/client/event-parser.ts';
import {
  createJournalFeed,
  type FeedReading,
  type JournalFeed,
} from '../../../../plugins/control-api/streams/journal-feed.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

/** What one reader of a feed has got. */
export interface FeedReader {
  /** Texts of the events, and `reset`. */
  readonly seen: readonly string[];
  readonly lastId: string | undefined;
  /** Resolves when it has seen that text. */
  until(text: string): Promise<void>;
  /** Resolves when it has ended; rejects with what it threw. */
  readonly ended: Promise<void>;
  leave(): Promise<void>;
}

// As the real one, and never long.
export const quickClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 2), signal),
};

export function openFeed(options: { clock?: Clock; maxBytes?: number } = {}): {
  path: string;
  feed: JournalFeed;
} {
  const path = join(createTempFolder(), 'events.ndjson');
  return {
    path,
    feed: createJournalFeed({ path, project: 'shop', clock: quickClock, ...options }),
  };
}

export function readFeed(
  feed: JournalFeed,
  { signal, ...reading }: Partial<FeedReading> = {},
): FeedReader {
  const leaving = new AbortController();
  signal?.addEventListener('abort', () => leaving.abort(), { once: true });
  const seen: string[] = [];
  const waiting = new Map<string, () => void>();
  const parser = createEventParser();
  let lastId: string | undefined;
  const ended = (async () => {
    for await (const { encoded } of feed.read({ ...reading, signal: leaving.signal })) {
      for (const { id, event, data } of parser.push(Buffer.from(encoded).toString())) {
        lastId = id;
        if (data === undefined) continue;
        const text = event ?? (JSON.parse(data) as { text: string }).text;
        seen.push(text);
        waiting.get(text)?.();
      }
    }
  })();
  ended.catch(() => {});
  return {
    seen,
    get lastId() {
      return lastId;
    },
    until: (text) =>
      seen.includes(text)
        ? Promise.resolve()
        : Promise.race([new Promise<void>((resolve) => void waiting.set(text, resolve)), ended]),
    ended,
    async leave() {
      leaving.abort();
      await ended;
    },
  };
}

export const message = (text: string): DevServicesEvent => ({
  event: 'message',
  level: 'info',
  text,
  at: new Date().toISOString(),
  project: 'shop',
});
