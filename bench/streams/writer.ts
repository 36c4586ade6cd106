import { systemClock } from '../../core/clock.ts';
import { openJournal } from '../../core/journal.ts';

// Appends to a journal as a busy `up` would: path, events a second, seconds.
const [path = '', perSecond = '1000', seconds = '1'] = process.argv.slice(2);
const total = Number(perSecond) * Number(seconds);
const text = 'x'.repeat(500);
const journal = openJournal(path);
const began = performance.now();
for (let written = 0; written < total;) {
  const due = Math.min(total, ((performance.now() - began) / 1000) * Number(perSecond));
  for (; written < due; written++) {
    const at = new Date().toISOString();
    journal.append({ event: 'message', level: 'info', text, at, project: 'bench' });
  }
  await systemClock.sleep(5);
}
const at = new Date().toISOString();
journal.append({ event: 'message', level: 'info', text: 'last', at, project: 'bench' });
journal.close();
