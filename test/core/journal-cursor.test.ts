import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createJournalCursor, type JournalCursor } from '../../core/journal-cursor.ts';
import { createTempFolder } from '../rig/state/temp-folder.ts';

const line = (text: string): string =>
  `${JSON.stringify({ event: 'message', level: 'info', text, at: text, project: 'shop' })}\n`;

async function readOn(cursor: JournalCursor): Promise<unknown[]> {
  const texts: unknown[] = [];
  for await (const { event } of cursor.read()) texts.push('text' in event ? event.text : undefined);
  return texts;
}

const createPath = (): string => join(createTempFolder(), 'events.ndjson');

describe('a cursor of a journal', () => {
  it('reads on from where it was, and stands behind the last whole line', async () => {
    const path = createPath();
    const cursor = createJournalCursor(path, { from: 0 });
    expect(await readOn(cursor)).toEqual([]);
    writeFileSync(path, line('a') + line('b').slice(0, 10));
    expect(await readOn(cursor)).toEqual(['a']);
    expect(cursor.position).toBe(line('a').length);
    appendFileSync(path, line('b').slice(10) + line('c'));
    expect(await readOn(cursor)).toEqual(['b', 'c']);
    expect(cursor.position).toBe(readFileSync(path).length);
    expect(cursor.replacements).toBe(0);
  });

  it('goes on behind an event that was seen', async () => {
    const path = createPath();
    writeFileSync(path, line('a') + line('b') + line('c'));
    const cursor = createJournalCursor(path, { after: line('a').length });
    expect(await readOn(cursor)).toEqual(['c']);
    expect(cursor.replacements).toBe(0);
    expect(await readOn(createJournalCursor(path, { after: 0 }))).toEqual(['b', 'c']);
  });

  it('knows another journal in its place, though it is longer and in the same file', async () => {
    const path = createPath();
    writeFileSync(path, line('a'));
    const cursor = createJournalCursor(path, { from: 0 });
    await readOn(cursor);
    writeFileSync(path, line('x') + line('y') + line('z'));
    expect(await readOn(cursor)).toEqual(['x', 'y', 'z']);
    expect(cursor.replacements).toBe(1);
  });

  it('takes one that is gone for another, once', async () => {
    const path = createPath();
    writeFileSync(path, line('a'));
    const cursor = createJournalCursor(path, { from: 0 });
    await readOn(cursor);
    rmSync(path);
    expect(await readOn(cursor)).toEqual([]);
    writeFileSync(path, line('x'));
    expect(await readOn(cursor)).toEqual(['x']);
    expect(cursor.replacements).toBe(1);
  });

  it('goes on behind the last byte of a line, and from the beginning before the first', async () => {
    const path = createPath();
    writeFileSync(path, line('a') + line('b'));
    const after = async (offset: number) => {
      const cursor = createJournalCursor(path, { after: offset });
      return { texts: await readOn(cursor), replacements: cursor.replacements };
    };
    const end = line('a').length - 1;
    expect(await after(end)).toEqual({ texts: ['b'], replacements: 0 });
    expect(await after(-1)).toEqual({ texts: ['a', 'b'], replacements: 0 });
  });

  it('begins behind what had ended when the journal was so long', async () => {
    const path = createPath();
    const from = async (length: number) => {
      const cursor = createJournalCursor(path, { length });
      return [await readOn(cursor), cursor.position];
    };
    expect(await from(0)).toEqual([[], 0]);
    const long = line('x'.repeat(200_000));
    writeFileSync(path, line('a') + line('b').slice(0, 10));
    expect(await from(line('a').length + 10)).toEqual([[], line('a').length]);
    writeFileSync(path, line('a') + long);
    expect(await from(line('a').length + 150_000)).toEqual([
      ['x'.repeat(200_000)],
      line('a').length + long.length,
    ]);
    expect(await from(line('a').length + long.length)).toMatchObject([[], expect.any(Number)]);
  });

  it.each([
    ['within a line', 5],
    ['behind its end', 1000],
    ['at its very end', line('a').length * 2],
  ])('takes one where nothing was seen %s for another', async (_, after) => {
    const path = createPath();
    writeFileSync(path, line('a') + line('b'));
    const cursor = createJournalCursor(path, { after });
    expect(await readOn(cursor)).toEqual(['a', 'b']);
    expect(cursor.replacements).toBe(1);
  });
});
