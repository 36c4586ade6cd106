import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JournalEntry, readJournal } from '../../../../core/journal-reader.ts';
import { readBackwards } from '../../../../plugins/control-api/timeline/read-backwards.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { line, writeJournal } from './written-journal.ts';

const { signal } = new AbortController();

async function readAll(folder: string, windowBytes: number, reachBytes = 1e9) {
  const entries = readBackwards(join(folder, 'events.ndjson'), { windowBytes, reachBytes, signal });
  const all: JournalEntry[] = [];
  for (;;) {
    const { done, value } = await entries.next();
    if (done) return { all, isWhole: value };
    all.push(value);
  }
}

async function readForwards(folder: string, from = 0): Promise<JournalEntry[]> {
  const all: JournalEntry[] = [];
  for await (const entry of readJournal(join(folder, 'events.ndjson'), { from })) all.push(entry);
  return all;
}

const message = (text: string) => line({ event: 'message', level: 'info', text }, 0);
const texts = fc.array(
  fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ minLength: 200 })),
  { maxLength: 20 },
);

test('the same events as forwards, each once, however large the parts are', async () => {
  await fc.assert(
    fc.asyncProperty(texts, fc.integer({ min: 20, max: 700 }), async (some, windowBytes) => {
      const folder = writeJournal(some.map(message).join(''));
      const { all, isWhole } = await readAll(folder, windowBytes);
      expect(all.toReversed()).toEqual(await readForwards(folder));
      expect(isWhole).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('no further back than it is told, which it says', async () => {
  const some = Array.from({ length: 50 }, (_, at) => message(`${at}`));
  const folder = writeJournal(some.join(''));
  const length = some.join('').length;
  const { all, isWhole } = await readAll(folder, 100, 1000);
  expect(isWhole).toBe(false);
  expect(all.length).toBeGreaterThan(5);
  expect(all.toReversed()).toEqual(await readForwards(folder, length - 1000));
  expect((await readAll(folder, 100, length)).isWhole).toBe(true);
});

test('of a journal that is not there there is nothing, of one that cannot be read it is said', async () => {
  const folder = createTempFolder();
  expect(await readAll(folder, 100)).toEqual({ all: [], isWhole: true });
  const beneath = join(writeJournal(''), 'events.ndjson', 'events.ndjson');
  await expect(
    readBackwards(beneath, { windowBytes: 100, reachBytes: 100, signal }).next(),
  ).rejects.toMatchObject({ code: 'DS_STATE_UNREADABLE' });
});

test('who gives up hears so, and is not given half of it', async () => {
  const folder = writeJournal(message('one'));
  const gone = AbortSignal.abort(new Error('closed'));
  const entries = readBackwards(join(folder, 'events.ndjson'), {
    windowBytes: 100,
    reachBytes: 100,
    signal: gone,
  });
  await expect(entries.next()).rejects.toThrow('closed');
});
