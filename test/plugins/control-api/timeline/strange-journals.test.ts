import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { finished, line, started, timelineOf, writeJournal } from './written-journal.ts';

const good = [line(started('up'), 0, 'good'), line(finished('up'), 5, 'good')];

test('a checkout in which nothing was done yet has an empty timeline', async () => {
  expect(await timelineOf(createTempFolder())).toEqual({ runs: [], isCut: false });
  expect(await timelineOf(writeJournal(''))).toEqual({ runs: [], isCut: false });
});

test.each([
  ['a line that a crash tore', `${good[0]}{"event":"service-st\n${good[1]}`],
  [
    'bytes that are no text',
    Buffer.concat([Buffer.from([0, 255, 10]), Buffer.from(good.join(''))]),
  ],
  ['a line that is being written', `${good.join('')}{"event":"task-started"`],
  ['an event without a time', `${good[0]}{"event":"plan-made","run":"good"}\n${good[1]}`],
  [
    'a time that is none',
    `${good[0]}{"event":"phase-started","phase":"x","run":"good","at":"soon"}\n${good[1]}`,
  ],
  ['a state that there is not', `${good[0]}${odd('service-state', { state: 'odd' })}${good[1]}`],
])('%s harms no other', async (_, text) => {
  const { runs } = await timelineOf(writeJournal(text));
  expect(runs).toMatchObject([{ task: 'up', ok: true, phases: [], services: {}, elapsedMs: 10 }]);
});

test('a clock that was set back makes nothing negative', async () => {
  const { runs } = await timelineOf(
    writeJournal(
      [
        line(started('up'), 1000, 'a'),
        line({ event: 'phase-started', phase: 'observe' }, 500, 'a'),
        odd('service-state', { state: 'ready' }, 'a'),
      ].join(''),
    ),
  );
  expect(runs).toMatchObject([
    {
      elapsedMs: 0,
      phases: [{ startedMs: 0 }],
      services: { db: { states: [{ state: 'ready', atMs: 0 }] } },
    },
  ]);
});

test('services may have any name', async () => {
  const names = ['__proto__', 'constructor', 'toString', ''];
  const states = names.map((service) => odd('service-state', { service, state: 'ready' }, 'a'));
  const { runs } = await timelineOf(
    writeJournal([line(started('up'), 0, 'a'), ...states].join('')),
  );
  const seen = names.filter((name) => Object.hasOwn(runs[0]?.services ?? {}, name));
  // Who checks the answer leaves out a name that stands for something else.
  expect(seen).toEqual(expect.arrayContaining(['constructor', 'toString', '']));
  expect(({} as { states?: unknown }).states).toBeUndefined();
});

test('whatever stands in it, the answer is one', async () => {
  const kinds = fc.constantFrom(
    'task-started',
    'phase-started',
    'phase-ended',
    'plan-made',
    'service-state',
    'up-finished',
    'finished',
    '-finished',
    'message',
  );
  const field = fc.constantFrom(
    'task',
    'pid',
    'phase',
    'service',
    'services',
    'state',
    'elapsedMs',
    'ok',
    'exitCode',
    'errors',
    'at',
  );
  const value = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('up', 'ready', 5, -1, 1e300, true, [], {}, '2026-11-23T08:00:00.000Z'),
  );
  const event = fc
    .tuple(kinds, fc.constantFrom('a', 'b'), fc.dictionary(field, value))
    .map(([kind, run, rest]) => `${JSON.stringify({ event: kind, run, ...rest })}\n`);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(event, fc.constantFrom(...good), fc.string())),
      async (lines) => {
        const { runs } = await timelineOf(writeJournal(lines.join('')), {
          reach: { windowBytes: 300, reachBytes: 1e6 },
        });
        expect(runs.length).toBeLessThanOrEqual(20);
      },
    ),
    { numRuns: 150 },
  );
});

/** An event that no host sends. */
function odd(event: string, more: object, run = 'good'): string {
  const at = '2026-11-23T08:00:00.000Z';
  return `${JSON.stringify({ event, service: 'db', at, run, ...more })}\n`;
}
