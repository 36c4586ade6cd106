import { readFileSync } from 'node:fs';
import { systemClock } from 'devservices/machine';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listParts } from '../../../../plugins/process/logs/log-files.ts';
import { createLogRig, cutShort } from './log-rig.ts';

type Step =
  | { do: 'write'; text: string }
  | { do: 'rotate' }
  | { do: 'wait' }
  | { do: 'adopt'; after?: 'prepared' | 'named' | 'emptied' };

const piece = fc.constantFrom(
  'a',
  'bc',
  '\n',
  '\n',
  '\r\n',
  'é',
  '😀',
  'long '.repeat(30),
  '\u001b[1m',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(piece, { minLength: 1, maxLength: 12 })
      .map((parts): Step => ({ do: 'write', text: parts.join('') })),
  },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'rotate' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'wait' }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(undefined, 'prepared' as const, 'named' as const, 'emptied' as const)
      .map((after): Step => (after === undefined ? { do: 'adopt' } : { do: 'adopt', after })),
  },
);
const steps = fc.array(step, { maxLength: 40 });

const linesOf = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
};

test('whatever is written, rotated and cut short: what is kept is the end of what was written, and so are its lines', async () => {
  const property = fc.asyncProperty(steps, async (plan) => {
    using log = createLogRig();
    let store = log.open();
    let written = '';
    for (const one of plan) {
      if (one.do === 'write') {
        log.write(one.text);
        written += one.text;
        store.sawGrowth();
      }
      if (one.do === 'wait') await log.clock.advance(25);
      if (one.do === 'rotate') await log.rotate(store);
      if (one.do === 'adopt') {
        const base = listParts(log.path).at(-1)?.end ?? 0;
        const isEmpty = readFileSync(log.path).length === 0;
        store.close();
        if (one.after && !isEmpty) cutShort(log.path, one.after, base);
        store = log.open();
      }
      expect(store.offset()).toBe(Buffer.byteLength(written));
    }
    const kept = log.bytes();
    expect(
      Buffer.from(written)
        .subarray(-kept.length || Infinity)
        .equals(kept),
    ).toBe(true);
    const from = listParts(log.path)[0]?.start ?? 0;
    expect(from).toBe(Buffer.byteLength(written) - kept.length);
    expect(listParts(log.path).length).toBeLessThanOrEqual(4);

    await log.clock.advance(25);
    const all = await log.read();
    const expected = linesOf(kept.toString());
    expect(all.map(({ text }) => text)).toEqual(expected);
    for (const tail of [0, 1, 3, 10]) {
      expect(await log.texts({ tail })).toEqual(tail === 0 ? [] : expected.slice(-tail));
    }
    const times = all.map(({ at }) => at ?? 'none');
    expect(times).toEqual(times.toSorted());
    expect(times).not.toContain('none');
    for (const at of new Set(times)) {
      const sinceMs = Date.parse(at);
      expect(await log.texts({ sinceMs })).toEqual(
        all.filter((line) => (line.at ?? '') >= at).map(({ text }) => text),
      );
    }
  });
  await fc.assert(property, { seed: 20, numRuns: 150 });
}, 60_000);

test('whoever follows gets every line once, whatever is rotated meanwhile', async () => {
  const property = fc.asyncProperty(steps, async (plan) => {
    using log = createLogRig();
    // As many parts as there may be rotations: who follows slower than they go loses some.
    const options = { clock: systemClock, keptParts: 50 };
    let store = log.open(options);
    let end = () => {};
    const followed = log.follow({ ended: new Promise<void>((resolve) => (end = resolve)) });
    let written = '';
    for (const one of plan) {
      if (one.do === 'write') {
        log.write(one.text);
        written += one.text;
        store.sawGrowth();
      }
      if (one.do === 'wait') await new Promise(setImmediate);
      if (one.do === 'rotate') await log.rotate(store);
      if (one.do === 'adopt') {
        store.close();
        store = log.open(options);
      }
    }
    end();
    await followed.done;
    expect(followed.lines.map(({ text }) => text)).toEqual(linesOf(written));
    expect(await log.texts()).toEqual(linesOf(written));
  });
  await fc.assert(property, { seed: 21, numRuns: 60 });
}, 60_000);
