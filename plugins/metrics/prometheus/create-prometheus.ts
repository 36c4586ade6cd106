import { createJournalCursor } from 'devservices/machine';
import type { Prometheus } from '../contract.ts';
import { createJournalCount } from '../count-journal.ts';
import { measures } from '../measures.ts';
import { createInstruments } from './create-instruments.ts';

/** Reads a journal when it is asked, each time what is new in it. */
export function createPrometheus(journal: string): Prometheus {
  const cursor = createJournalCursor(journal, { from: 0 });
  let { replacements } = cursor;
  let instruments = createInstruments();
  let count = createJournalCount(instruments);
  // Of another journal in its place everything is counted from nothing.
  const beginAnew = (): void => {
    if (cursor.replacements === replacements) return;
    ({ replacements } = cursor);
    instruments = createInstruments();
    count = createJournalCount(instruments);
  };
  const render = async (): Promise<string> => {
    for await (const { event } of cursor.read()) {
      beginAnew();
      count(event);
    }
    beginAnew();
    return `${(await instruments.render()).trimEnd()}\n`;
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    keys: new Set(Object.keys(measures)),
    // One after another: two that read at once would share what is new.
    render() {
      const next = last.then(render);
      last = next.catch(() => {});
      return next;
    },
  };
}
