import type { JournalCursor, JournalEntry } from 'devservices/machine';
import { encodeBatch, type JournalBatch } from './journal-batch.ts';

const mostEntries = 250;

/** What is new to a cursor, in batches; before those of another journal it is said that it is one. */
export async function* gatherEntries(
  cursor: JournalCursor,
): AsyncGenerator<JournalBatch | 'replaced'> {
  let { replacements } = cursor;
  let entries: JournalEntry[] = [];
  for await (const entry of cursor.read()) {
    if (cursor.replacements !== replacements) yield 'replaced';
    replacements = cursor.replacements;
    entries.push(entry);
    if (entries.length < mostEntries) continue;
    yield encodeBatch(entries);
    entries = [];
  }
  if (cursor.replacements !== replacements) yield 'replaced';
  if (entries.length > 0) yield encodeBatch(entries);
}
