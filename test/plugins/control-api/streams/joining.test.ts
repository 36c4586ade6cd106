import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../../core/journal.ts';
import type { JournalFeed } from '../../../../plugins/control-api/streams/journal-feed.ts';
import { type FeedReader, message, openFeed, readFeed } from './open-feed.ts';

type Step =
  /** Events of one of two writers. */
  | { do: 'append'; writer: 0 | 1; count: number; size: number }
  /** A line that its writer did not end. */
  | { do: 'tear' }
  /** Somebody comes, and begins there. */
  | { do: 'join'; at: 'now' | 'first' | 'id'; which: number }
  /** Somebody is cut off, and comes again with the last id. */
  | { do: 'cut'; which: number }
  /** Others do something meanwhile. */
  | { do: 'wait'; turns: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    writer: fc.constantFrom(0 as const, 1 as const),
    count: fc.integer({ min: 1, max: 40 }),
    size: fc.constantFrom(1, 1, 200, 70_000),
  }),
  fc.record({
    do: fc.constant('join' as const),
    at: fc.constantFrom('now' as const, 'first' as const, 'id' as const),
    which: fc.nat(1000),
  }),
  fc.record({ do: fc.constant('cut' as const), which: fc.nat(1000) }),
  fc.record({ do: fc.constant('wait' as const), turns: fc.nat(12) }),
  fc.constant({ do: 'tear' as const }),
);

/** Somebody who is cut off now and then, and always comes again. */
interface Visitor {
  /** What is to be seen is what was written from here on. */
  from: number;
  /** Everything that was seen, over all cuts. */
  seen: string[];
  /** What it began with, this time; undefined: from now on. */
  after: number | undefined;
  reader: FeedReader;
}

describe('readers who come and go while others write', () => {
  it('see every event once and in order, from where they began', { timeout: 120_000 }, async () => {
    const steps = fc.array(step, { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const { path, feed } = openFeed({ maxBytes: 100_000_000 });
        const { written, visitors } = await play(all, path, feed);
        for (const { reader } of visitors) await reader.until('last');
        for (const { from, seen, reader } of visitors) {
          expect([...seen, ...reader.seen]).toEqual(written.slice(from));
          await reader.leave();
        }
        expect(feed.readers).toBe(0);
      }),
      { seed: 11, numRuns: 60 },
    );
  });

  it('see all of another journal after the one before', { timeout: 120_000 }, async () => {
    const steps = fc.array(step, { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(steps, steps, fc.boolean(), async (first, second, isEmptied) => {
        const { path, feed } = openFeed({ maxBytes: 100_000_000 });
        const before = await play(first, path, feed);
        for (const { reader } of before.visitors) await reader.until('last');
        if (isEmptied) {
          // Those who follow see that it is gone before the next one comes.
          rmSync(path);
          for (const { reader } of before.visitors) await reader.until('reset');
        }
        const other = await play(second, path, feed, { isNew: true });
        for (const { seen, from, reader } of before.visitors) {
          const expected = [...before.written.slice(from), 'reset', ...other.written];
          while (seen.length + reader.seen.length < expected.length) await turn();
          expect([...seen, ...reader.seen]).toEqual(expected);
          await reader.leave();
        }
        for (const { reader } of other.visitors) await reader.leave();
        expect(feed.readers).toBe(0);
      }),
      { seed: 12, numRuns: 40 },
    );
  });
});

async function play(
  steps: readonly Step[],
  path: string,
  feed: JournalFeed,
  { isNew = false } = {},
): Promise<{ written: string[]; visitors: Visitor[] }> {
  if (isNew) rmSync(path, { force: true });
  const writers = [openJournal(path), openJournal(path)];
  const written: string[] = [];
  const ids: number[] = [];
  const visitors: Visitor[] = [];
  const append = (text: string, writer: 0 | 1 = 0): void => {
    const id = writers[writer]?.append(message(text));
    if (id === undefined) throw new Error('nothing was written');
    ids.push(id);
    written.push(text);
  };
  const join = (at: 'now' | 'first' | 'id', which: number): Visitor => {
    const index = which % Math.max(1, ids.length);
    const isFirst = at === 'first' || ids.length === 0;
    const after = at === 'now' ? undefined : isFirst ? -1 : ids[index];
    const from = at === 'now' ? written.length : isFirst ? 0 : index + 1;
    return { from, after, seen: [], reader: readFeed(feed, { after }) };
  };
  if (isNew) append('the first of another');
  for (const one of steps) {
    if (one.do === 'append') {
      for (let index = 0; index < one.count; index++) {
        const size = index === 0 ? one.size : 1;
        append(
          `${written.length} of ${path}${isNew ? ', again' : ''} ${'x'.repeat(size)}`,
          one.writer,
        );
      }
    } else if (one.do === 'tear') {
      appendFileSync(path, '{"event":"message","text":"torn');
    } else if (one.do === 'join') {
      visitors.push(join(one.at, one.which));
    } else if (one.do === 'cut') {
      const visitor = visitors[one.which % Math.max(1, visitors.length)];
      if (visitor) await cut(visitor, feed);
    } else {
      for (let count = 0; count < one.turns; count++) await turn();
    }
  }
  append('last');
  for (const writer of writers) writer.close();
  expect(readFileSync(path, 'utf8')).toContain('last');
  return { written, visitors };
}

/** Off, and on again with the last id, as a client does it. */
async function cut(visitor: Visitor, feed: JournalFeed): Promise<void> {
  const { reader } = visitor;
  const lastId = () => (reader.lastId === undefined ? visitor.after : Number(reader.lastId));
  // Who was told no id yet has nothing to come again with.
  while (lastId() === undefined) await turn();
  await reader.leave();
  visitor.seen.push(...reader.seen);
  visitor.after = lastId();
  visitor.reader = readFeed(feed, { after: visitor.after });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
