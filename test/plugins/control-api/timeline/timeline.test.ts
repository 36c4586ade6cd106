import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventBody } from '../../../../core/events.ts';
import { finished, line, started, timeAt, timelineOf, writeJournal } from './written-journal.ts';

const reason = { code: 'new', text: 'it is not there' };
const state = (service: string, now: 'starting' | 'ready' | 'failed'): EventBody => ({
  event: 'service-state',
  service,
  state: now,
  runner: 'docker',
  elapsedMs: 1,
});
const begun = (phase: string, service?: string): EventBody => ({
  event: 'phase-started',
  phase,
  ...(service !== undefined && { service }),
});
const ended = (phase: string, elapsedMs: number, more: object = {}): EventBody => ({
  event: 'phase-ended',
  phase,
  elapsedMs,
  ok: true,
  ...more,
});

test('a run has its phases, its services with their states, and what went wrong', async () => {
  const report = { runner: 'docker', elapsedMs: 40, endpoints: {} };
  const error = {
    code: 'DS_SERVICE_EXITED',
    blame: 'outcome',
    message: 'web exited',
    hint: '',
  } as const;
  const folder = writeJournal(
    [
      line(started('up', 4711), 1000, 'a'),
      line(begun('observe'), 1002, 'a'),
      line(ended('observe', 5), 1007, 'a'),
      line(
        {
          event: 'plan-made',
          services: {
            db: { action: 'create', reason, runner: 'docker' },
            web: { action: 'create', reason, runner: 'docker' },
          },
        },
        1010,
        'a',
      ),
      line(begun('prepare', 'db'), 1011, 'a'),
      line(begun('prepare', 'web'), 1012, 'a'),
      line(ended('prepare', 20, { service: 'web', ok: false }), 1032, 'a'),
      line(state('web', 'failed'), 1033, 'a'),
      line(ended('prepare', 30, { service: 'db' }), 1041, 'a'),
      line(state('db', 'starting'), 1042, 'a'),
      line(state('db', 'ready'), 1060, 'a'),
      line(
        finished('up', {
          ok: false,
          exitCode: 1,
          elapsedMs: 65,
          errors: [error],
          services: {
            db: { state: 'ready', action: 'created', reason, ...report },
            web: { state: 'failed', action: 'failed', reason, ...report, error },
          },
        }),
        1066,
        'a',
      ),
    ].join(''),
  );
  expect(await timelineOf(folder)).toEqual({
    isCut: false,
    runs: [
      {
        id: 0,
        task: 'up',
        pid: 4711,
        startedAt: timeAt(1000),
        endedAt: timeAt(1066),
        elapsedMs: 65,
        ok: false,
        exitCode: 1,
        phases: [
          { phase: 'observe', startedMs: 2, elapsedMs: 5, ok: true },
          { phase: 'prepare', service: 'db', startedMs: 11, elapsedMs: 30, ok: true },
          { phase: 'prepare', service: 'web', startedMs: 12, elapsedMs: 20, ok: false },
        ],
        services: {
          db: {
            action: 'created',
            reason,
            states: [
              { state: 'starting', atMs: 42 },
              { state: 'ready', atMs: 60 },
            ],
          },
          web: { action: 'failed', reason, states: [{ state: 'failed', atMs: 33 }] },
        },
        errors: [{ code: 'DS_SERVICE_EXITED', message: 'web exited' }],
      },
    ],
  });
});

test('one that runs, or was killed, has no end; what it had begun is told', async () => {
  const folder = writeJournal(
    [
      line(started('restart'), 0, 'a'),
      line(begun('stop'), 5, 'a'),
      line(begun('stop'), 6, 'a'),
      line(ended('stop', 1), 7, 'a'),
      line(
        { event: 'plan-made', services: { db: { action: 'recreate', reason, runner: 'docker' } } },
        9,
        'a',
      ),
    ].join(''),
  );
  const { runs } = await timelineOf(folder);
  expect(runs).toEqual([
    {
      id: 0,
      task: 'restart',
      pid: 100,
      startedAt: timeAt(0),
      endedAt: null,
      elapsedMs: 9,
      ok: null,
      exitCode: null,
      phases: [
        { phase: 'stop', startedMs: 5, elapsedMs: null, ok: null },
        { phase: 'stop', startedMs: 6, elapsedMs: 1, ok: true },
      ],
      services: { db: { action: 'recreate', reason, states: [] } },
      errors: [],
    },
  ]);
});

test('runs that write at the same time are each as if alone', async () => {
  const runOf = (run: string, services: readonly string[]) => [
    (at: number) => line(started('up'), at, run),
    ...services.flatMap((service) => [
      (at: number) => line(begun('start', service), at, run),
      (at: number) => line(state(service, 'starting'), at, run),
      (at: number) => line(ended('start', 1, { service }), at, run),
    ]),
    (at: number) => line(finished('up', { elapsedMs: services.length }), at, run),
  ];
  const service = fc.constantFrom('db', 'web', 'api');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(service, { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      fc.infiniteStream(fc.nat()),
      async (plans, turns) => {
        const queues = plans.map((services, at) => runOf(`run${at}`, services));
        const begins: number[] = [];
        let text = '';
        for (let at = 0; queues.some(({ length }) => length > 0); at += 1) {
          const waiting = queues.flatMap((queue, index) => (queue.length > 0 ? [index] : []));
          const turn = waiting[(turns.next().value as number) % waiting.length] as number;
          const write = queues[turn]?.shift();
          if (!begins.includes(turn)) begins.push(turn);
          text += write?.(at) ?? '';
        }
        const { runs } = await timelineOf(writeJournal(text));
        // In the order in which they began, the newest first.
        expect(runs.map(({ elapsedMs }) => elapsedMs)).toEqual(
          begins.toReversed().map((index) => plans[index]?.length),
        );
        for (const [index, { phases, services }] of runs.toReversed().entries()) {
          const own = plans[begins[index] as number] as string[];
          expect(phases.map((phase) => phase.service)).toEqual(own);
          expect(phases.every(({ ok }) => ok)).toBe(true);
          expect(Object.keys(services).toSorted()).toEqual([...new Set(own)].toSorted());
          expect(Object.values(services).flatMap(({ states }) => states)).toHaveLength(own.length);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('those that do not act on services are left out, whatever they are called', async () => {
  const folder = writeJournal(
    [
      line(started('permissions'), 0, 'a'),
      line(begun('initialize'), 1, 'a'),
      line(finished('permissions'), 2, 'a'),
      line(started('serve'), 3, 'b'),
      line({ event: 'serving', url: 'http://127.0.0.1:1' }, 4, 'b'),
      line(started('dev'), 5, 'c'),
      line(state('db', 'starting'), 6, 'c'),
      line(finished('dev'), 7, 'c'),
      line(started('down'), 8, 'd'),
      line(finished('down'), 9, 'd'),
    ].join(''),
  );
  const { runs } = await timelineOf(folder);
  expect(runs.map(({ task }) => task)).toEqual(['down', 'dev']);
});

test('no more than are asked for; that older ones were not looked for is said', async () => {
  const texts = Array.from({ length: 30 }, (_, at) =>
    [line(started('up', at), at, `${at}`), line(finished('up'), at, `${at}`)].join(''),
  );
  const folder = writeJournal(texts.join(''));
  const pids = async (...options: Parameters<typeof timelineOf>) => {
    const { runs, isCut } = await timelineOf(...options);
    return { pids: runs.map(({ pid }) => pid), isCut };
  };
  const newest = Array.from({ length: 30 }, (_, at) => 29 - at);
  expect(await pids(folder, { limit: 3 })).toEqual({ pids: [29, 28, 27], isCut: false });
  expect(await pids(folder)).toEqual({ pids: newest.slice(0, 20), isCut: false });
  expect(await pids(folder, { limit: 100 })).toEqual({ pids: newest, isCut: false });
  const length = texts.slice(-2).join('').length;
  for (const windowBytes of [50, 1000, 10_000]) {
    const reach = { windowBytes, reachBytes: length };
    expect(await pids(folder, { reach })).toEqual({ pids: [29, 28], isCut: true });
    expect(await pids(folder, { reach, limit: 2 })).toEqual({ pids: [29, 28], isCut: false });
    // The begin of the second last is out of reach: nothing is told of half a run.
    const short = { windowBytes, reachBytes: length - 1 };
    expect(await pids(folder, { reach: short })).toEqual({ pids: [29], isCut: true });
  }
});

test('events of a journal from before they said whose they are belong to no run', async () => {
  const folder = writeJournal(
    [
      line(started('up'), 0),
      line(state('old', 'starting'), 1),
      line(started('up'), 2, 'a'),
      line(state('new', 'starting'), 3, 'a'),
      line(finished('up'), 4),
    ].join(''),
  );
  const { runs } = await timelineOf(folder);
  expect(runs).toMatchObject([{ endedAt: null, services: { new: {} } }]);
  expect(Object.keys(runs[0]?.services ?? {})).toEqual(['new']);
});
