import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { DevServicesEvent } from '../../core/events.ts';
import { openJournal } from '../../core/journal.ts';
import { type JournalEntry, type JournalReading, readJournal } from '../../core/journal-reader.ts';
import { createTempFolder } from '../rig/state/temp-folder.ts';

const message = (text: string): DevServicesEvent => ({
  event: 'message',
  level: 'info',
  text,
  at: '2026-01-01T00:00:00.000Z',
  project: 'shop',
});

const textOf = ({ event }: JournalEntry) => ('text' in event ? event.text : undefined);

async function readAll(path: string, reading: JournalReading = {}): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of openJournal(path).read(reading)) entries.push(entry);
  return entries;
}

function createPath(): string {
  return join(createTempFolder(), 'events.ndjson');
}

describe('a journal', () => {
  it('gives back what was appended, by the ids that append returned', async () => {
    const path = createPath();
    const journal = openJournal(path);
    const ids = ['a', 'ż', 'c'].map((text) => journal.append(message(text)));
    const entries = await readAll(path);
    expect(entries.map(textOf)).toEqual(['a', 'ż', 'c']);
    expect(entries.map(({ id }) => id)).toEqual(ids);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('goes on where another reader stopped', async () => {
    const path = createPath();
    const journal = openJournal(path);
    const ids = ['a', 'b', 'c'].map((text) => journal.append(message(text)) ?? -1);
    const from = (id = 0) => readAll(path, { from: id }).then((entries) => entries.map(textOf));
    expect(await from(ids[1])).toEqual(['b', 'c']);
    expect(await from((ids[1] ?? 0) + 1)).toEqual(['c']);
    expect(await from((ids[2] ?? 0) + 1)).toEqual([]);
    expect(await from(1_000_000)).toEqual(['a', 'b', 'c']);
  });

  it('passes over a torn line, and the next one is whole', async () => {
    const path = createPath();
    openJournal(path).append(message('before'));
    appendFileSync(path, JSON.stringify(message('torn')).slice(0, 30));
    expect((await readAll(path)).map(textOf)).toEqual(['before']);
    const id = openJournal(path).append(message('after'));
    const entries = await readAll(path);
    expect(entries.map(textOf)).toEqual(['before', 'after']);
    expect(entries[1]?.id).toBe(id);
  });

  it('notices a line that another process tore while this one had the journal open', async () => {
    const path = createPath();
    const journal = openJournal(path);
    journal.append(message('before'));
    appendFileSync(path, '{"event":"mess');
    const id = journal.append(message('after'));
    journal.append(message('last'));
    const entries = await readAll(path);
    expect(entries.map(textOf)).toEqual(['before', 'after', 'last']);
    expect(entries[1]?.id).toBe(id);
  });

  it('survives any tear, and never gives an event that was not written', async () => {
    const tear = fc.record({ texts: fc.array(fc.string(), { maxLength: 4 }), cut: fc.nat(60) });
    await fc.assert(
      fc.asyncProperty(fc.array(tear, { maxLength: 4 }), async (rounds) => {
        const path = createPath();
        const written: string[] = [];
        for (const { texts, cut } of rounds) {
          const journal = openJournal(path);
          for (const text of texts) journal.append(message(text));
          journal.close();
          written.push(...texts);
          truncateSync(path, Math.max(0, statSync(path).size - cut));
        }
        openJournal(path).append(message('last'));
        const read = (await readAll(path)).map(textOf);
        expect(read.at(-1)).toBe('last');
        // In order, with gaps only.
        let next = 0;
        for (const text of read.slice(0, -1)) {
          next = written.indexOf(text ?? '', next) + 1;
          expect(next).toBeGreaterThan(0);
        }
      }),
      { seed: 6, numRuns: 40 },
    );
  });

  it('reads lines longer than its buffer', async () => {
    const path = createPath();
    const texts = ['short', 'x'.repeat(200_000), 'y'.repeat(65_536), 'end'];
    const journal = openJournal(path);
    for (const text of texts) journal.append(message(text));
    expect((await readAll(path)).map(textOf)).toEqual(texts);
  });

  it('is empty where there is none', async () => {
    const path = createPath();
    expect(await readAll(path)).toEqual([]);
    rmSync(path);
    const entries = readJournal(path, {});
    expect(await entries.next()).toMatchObject({ done: true });
  });
});

describe('a reader that follows', () => {
  it('gets what is appended, also by others, until it is told to stop', async () => {
    const path = createPath();
    const journal = openJournal(path);
    const abort = new AbortController();
    journal.append(message('0'));
    const seen: (string | undefined)[] = [];
    for await (const entry of journal.read({ follow: true, signal: abort.signal })) {
      seen.push(textOf(entry));
      if (seen.length < 4) openJournal(path).append(message(`${seen.length}`));
      else abort.abort();
    }
    expect(seen).toEqual(['0', '1', '2', '3']);
  });

  it('waits for the end of a line that is being written', async () => {
    const path = createPath();
    const line = `${JSON.stringify(message('halves'))}\n`;
    writeFileSync(path, line.slice(0, 20));
    const entries = openJournal(path).read({ follow: true })[Symbol.asyncIterator]();
    const first = entries.next();
    appendFileSync(path, line.slice(20));
    expect(textOf((await first).value as JournalEntry)).toBe('halves');
    await entries.return?.();
  });

  it('sees a journal that was replaced from its beginning', async () => {
    const path = createPath();
    openJournal(path).append(message('a long line before the reset'));
    const entries = openJournal(path).read({ follow: true })[Symbol.asyncIterator]();
    await entries.next();
    const second = entries.next();
    rmSync(path);
    openJournal(path).append(message('after'));
    expect(await second).toMatchObject({ value: { id: 0, event: { text: 'after' } } });
    await entries.return?.();
  });

  it('ends at once where it was told to before', async () => {
    const path = createPath();
    openJournal(path).append(message('a'));
    const reading = { follow: true, signal: AbortSignal.abort() };
    expect(await readAll(path, reading)).toEqual([]);
  });
});

describe('a journal that cannot be written', () => {
  it('says so once and does not stop the task', () => {
    const folder = createTempFolder();
    mkdirSync(join(folder, 'events.ndjson'));
    const failures: unknown[] = [];
    const journal = openJournal(join(folder, 'events.ndjson'), {
      onFailure: (error) => failures.push(error),
    });
    expect([journal.append(message('a')), journal.append(message('b'))]).toEqual([
      undefined,
      undefined,
    ]);
    expect(failures).toMatchObject([{ code: 'DS_STATE_UNWRITABLE', cause: { code: 'EISDIR' } }]);
  });

  // A device that is always full, on every Linux.
  it.runIf(existsSync('/dev/full'))('as on a full disk', () => {
    const failures: unknown[] = [];
    const journal = openJournal('/dev/full', { onFailure: (error) => failures.push(error) });
    expect([journal.append(message('a')), journal.append(message('b'))]).toEqual([
      undefined,
      undefined,
    ]);
    expect(failures).toMatchObject([{ code: 'DS_STATE_UNWRITABLE', cause: { code: 'ENOSPC' } }]);
  });

  it('is quiet after it was closed', () => {
    const path = createPath();
    const journal = openJournal(path);
    journal.close();
    journal.close();
    expect(journal.append(message('late'))).toBeUndefined();
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});
