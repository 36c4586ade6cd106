import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../../../core/journal.ts';
import { createFakeClock } from '../../../../core/testing.ts';
import { message, openFeed, readFeed } from './open-feed.ts';

describe('a feed of the journal', () => {
  it('gives what is written from now on, or behind an id, or from the first', async () => {
    const { path, feed } = openFeed();
    const journal = openJournal(path);
    const [, second = -1] = ['a', 'b', 'c'].map((text) => journal.append(message(text)));
    const now = readFeed(feed);
    const behind = readFeed(feed, { after: second });
    const first = readFeed(feed, { after: -1 });
    journal.append(message('d'));
    journal.append(message('last'));
    await Promise.all([now, behind, first].map((reader) => reader.until('last')));
    expect(now.seen).toEqual(['d', 'last']);
    expect(behind.seen).toEqual(['c', 'd', 'last']);
    expect(first.seen).toEqual(['a', 'b', 'c', 'd', 'last']);
    await Promise.all([now, behind, first].map((reader) => reader.leave()));
    expect(feed.readers).toBe(0);
  });

  it('gives an id before the first event, so that whoever is cut off misses none', async () => {
    const { path, feed } = openFeed();
    const journal = openJournal(path);
    journal.append(message('before'));
    const reader = readFeed(feed);
    while (reader.lastId === undefined) await new Promise((resolve) => setImmediate(resolve));
    await reader.leave();
    journal.append(message('meanwhile'));
    const next = readFeed(feed, { after: Number(reader.lastId) });
    await next.until('meanwhile');
    expect(next.seen).toEqual(['meanwhile']);
    await next.leave();
  });

  it('waits where there is no journal yet', async () => {
    const { path, feed } = openFeed();
    const readers = [readFeed(feed), readFeed(feed, { after: -1 })];
    openJournal(path).append(message('first'));
    for (const reader of readers) await reader.until('first');
    expect(readers.map(({ seen }) => seen)).toEqual([['first'], ['first']]);
    for (const reader of readers) await reader.leave();
  });

  it('gives what a filter keeps', async () => {
    const { path, feed } = openFeed();
    const journal = openJournal(path);
    const keeps = (event: object) => 'text' in event && event.text !== 'no';
    for (const text of ['no', 'yes']) journal.append(message(text));
    const reader = readFeed(feed, { after: -1, keeps });
    await reader.until('yes');
    for (const text of ['no', 'no', 'last']) journal.append(message(text));
    await reader.until('last');
    expect(reader.seen).toEqual(['yes', 'last']);
    await reader.leave();
  });

  it.each([
    ['a shorter one', 'xyz', 1],
    ['a longer one', 'x'.repeat(5000), 3],
  ])('tells of another journal, %s, and begins anew', async (_, text, count) => {
    const { path, feed } = openFeed();
    const journal = openJournal(path);
    journal.append(message('a'));
    const id = journal.append(message('b'));
    const live = readFeed(feed);
    const late = readFeed(feed, { after: id });
    while (feed.readers < 2) await new Promise((resolve) => setImmediate(resolve));
    rmSync(path);
    const other = openJournal(path);
    const written = Array.from({ length: count }, (__, index) => `${text}${index}`);
    for (const one of [...written, 'last']) other.append(message(one));
    const gone = readFeed(feed, { after: id });
    for (const reader of [live, late, gone]) {
      await reader.until('last');
      expect(reader.seen).toEqual(['reset', ...written, 'last']);
      await reader.leave();
    }
  });

  it('leaves no timer, no watch and no open file when the last reader left', async () => {
    const before = watches();
    const clock = createFakeClock();
    const { path, feed } = openFeed({ clock });
    const journal = openJournal(path);
    journal.append(message('a'));
    const readers = [readFeed(feed, { after: -1 }), readFeed(feed), readFeed(feed, { after: 0 })];
    await readers[0]?.until('a');
    while (feed.readers < 3) await new Promise((resolve) => setImmediate(resolve));
    journal.close();
    for (const reader of readers) await reader.leave();
    await clock.advance(0);
    expect(clock.sleeping).toBe(0);
    expect(feed.readers).toBe(0);
    await expect.poll(() => openFiles(path)).toEqual([]);
    // Those that tests before this one left are closed meanwhile.
    await expect.poll(watches).toBeLessThanOrEqual(before);
  });

  it('ends with what is wrong where the journal cannot be read', async () => {
    const { path, feed } = openFeed();
    mkdirSync(path);
    await expect(readFeed(feed, { after: -1 }).ended).rejects.toMatchObject({
      code: 'DS_STATE_UNREADABLE',
    });
  });

  it('tells all of them where it can be read no longer, and begins anew with the next', async () => {
    const { path, feed } = openFeed();
    writeFileSync(path, '');
    const readers = [readFeed(feed), readFeed(feed)];
    while (feed.readers < 2) await new Promise((resolve) => setImmediate(resolve));
    rmSync(path);
    mkdirSync(path);
    for (const { ended } of readers) {
      await expect(ended).rejects.toMatchObject({ code: 'DS_STATE_UNREADABLE' });
    }
    rmSync(path, { recursive: true });
    const next = readFeed(feed, { after: -1 });
    appendFileSync(path, `${JSON.stringify(message('again'))}\n`);
    await next.until('again');
    await next.leave();
  });
});

describe('a reader of the feed that does not keep up', () => {
  it('is dropped and told its last id, while the others lose nothing', async () => {
    const maxBytes = 20_000;
    const { path, feed } = openFeed({ maxBytes });
    const journal = openJournal(path);
    const quick = readFeed(feed);
    const slow = feed.read({ signal: new AbortController().signal })[Symbol.asyncIterator]();
    await slow.next();
    const pending = slow.next();
    while (feed.readers < 2) await new Promise((resolve) => setImmediate(resolve));
    let most = 0;
    const texts: string[] = [];
    for (let round = 0; round < 30; round++) {
      const text = `${round} ${'x'.repeat(2000)}`;
      texts.push(text);
      journal.append(message(text));
      await quick.until(text);
      most = Math.max(most, feed.waitingBytes);
    }
    expect(quick.seen).toEqual(texts);
    expect(most).toBeGreaterThan(10_000);
    expect(most).toBeLessThanOrEqual(maxBytes);
    // It took one, and asked for no other.
    const { value } = await pending;
    const id = /^id: (\d+)/.exec(Buffer.from(value?.encoded ?? '').toString())?.[1];
    await expect(slow.next()).rejects.toMatchObject({
      code: 'DS_API_STREAM_DROPPED',
      facts: { lastEventId: id },
    });
    expect(feed.readers).toBe(1);
    expect(feed.waitingBytes).toBe(0);
    // It goes on from there, and has missed nothing.
    const again = readFeed(feed, { after: Number(id) });
    await again.until(texts.at(-1) ?? '');
    expect(again.seen).toEqual(texts.slice(1));
    await again.leave();
    await quick.leave();
  });
});

// Those of other tests of this process are there too.
const watches = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;

/** What this process has open below the journal's folder. */
async function openFiles(path: string): Promise<string[]> {
  const folder = join(path, '..');
  const names = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(
    names.map((name) => readlink(join('/proc/self/fd', name)).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(folder));
}
