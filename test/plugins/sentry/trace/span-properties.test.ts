import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildSpans } from '../../../../plugins/sentry/trace/build-spans.ts';
import { emitted, fixedIds } from './emitted.ts';

const service = fc.option(fc.constantFrom('db', 'api', 'web'), { nil: undefined });
const phase = fc.constantFrom('load', 'plan', 'start', 'ready');

type Step =
  | { kind: 'begin'; phase: string; service: string | undefined }
  | { kind: 'end'; which: number }
  | { kind: 'hook'; lengthMs: number; service: string | undefined }
  | { kind: 'pull'; lengthMs: number }
  | { kind: 'state'; service: string; state: 'starting' | 'running' | 'ready' | 'failed' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('begin' as const), phase, service }),
  fc.record({ kind: fc.constant('end' as const), which: fc.nat(20) }),
  fc.record({ kind: fc.constant('hook' as const), lengthMs: fc.nat(100), service }),
  fc.record({ kind: fc.constant('pull' as const), lengthMs: fc.nat(100) }),
  fc.record({
    kind: fc.constant('state' as const),
    service: fc.constantFrom('db', 'api', 'web'),
    state: fc.constantFrom(
      'starting' as const,
      'running' as const,
      'ready' as const,
      'failed' as const,
    ),
  }),
);

interface Phase {
  phase: string;
  service: string | undefined;
  fromMs: number;
  toMs: number | undefined;
}

/** What a host could have emitted, and the phases of it. */
function play(steps: readonly (readonly [gapMs: number, step: Step])[]) {
  const bodies: Parameters<typeof emitted>[0][number][] = [
    [0, { event: 'task-started', task: 'up', pid: 1, version: '1' }],
  ];
  const phases: Phase[] = [];
  const open: Phase[] = [];
  let atMs = 0;
  for (const [gapMs, one] of steps) {
    atMs += gapMs;
    if (one.kind === 'begin') {
      const begun: Phase = {
        phase: one.phase,
        service: one.service,
        fromMs: atMs,
        toMs: undefined,
      };
      phases.push(begun);
      open.push(begun);
      bodies.push([atMs, { event: 'phase-started', phase: one.phase, ...of(one.service) }]);
    } else if (one.kind === 'end') {
      const [ended] = open.splice(one.which % Math.max(1, open.length), 1);
      if (!ended) continue;
      ended.toMs = atMs;
      const elapsedMs = atMs - ended.fromMs;
      bodies.push([
        atMs,
        { event: 'phase-ended', phase: ended.phase, ...of(ended.service), elapsedMs, ok: true },
      ]);
    } else if (one.kind === 'hook') {
      const hook = one.service === undefined ? 'beforeUp' : `serviceReady(${one.service})`;
      bodies.push([atMs, { event: 'hook-ended', plugin: 'mail', hook, elapsedMs: one.lengthMs }]);
    } else if (one.kind === 'pull') {
      bodies.push([
        atMs,
        { event: 'image-progress', image: 'a:1', status: 'pulled', elapsedMs: one.lengthMs },
      ]);
    } else {
      const { service: name, state } = one;
      bodies.push([
        atMs,
        { event: 'service-state', service: name, state, runner: '', elapsedMs: 0 },
      ]);
    }
  }
  const events = emitted(bodies);
  const [first = 0, last = 0] = [events[0], events.at(-1)].map((event) =>
    Date.parse(event?.at ?? ''),
  );
  return { events, phases, first, last };
}

const of = (name: string | undefined) => (name === undefined ? {} : { service: name });

const steps = fc.array(fc.tuple(fc.nat(30), step), { maxLength: 60 });

test('whatever happens: each phase once, at its times, and every parent encloses its children', () => {
  fc.assert(
    fc.property(steps, (given) => {
      const { events, phases, first, last } = play(given);
      const { spans, dropped } = buildSpans(events, fixedIds());
      expect(dropped).toBe(0);
      const told = spans
        .filter(({ op }) => op === 'phase')
        .map((span) => [
          span.description,
          span.data['service'],
          Math.round(span.start_timestamp * 1000),
          Math.round(span.timestamp * 1000),
        ]);
      const wanted = phases.map((one) => [
        one.phase,
        one.service,
        first + one.fromMs,
        one.toMs === undefined ? last : first + one.toMs,
      ]);
      expect(told.map(text).toSorted()).toEqual(wanted.map(text).toSorted());
      expectTree(spans, { first, last });
      const services = spans
        .filter(({ op }) => op === 'service')
        .map(({ description }) => description);
      expect(new Set(services).size).toBe(services.length);
    }),
    { numRuns: 500 },
  );
});

const text = (value: unknown): string => JSON.stringify(value);

function expectTree(
  spans: ReturnType<typeof buildSpans>['spans'],
  { first, last }: { first: number; last: number },
): void {
  const root = { from: first / 1000, to: last / 1000 };
  const times = new Map(
    spans.map((span) => [span.span_id, { from: span.start_timestamp, to: span.timestamp }]),
  );
  expect(times.size).toBe(spans.length);
  for (const span of spans) {
    const parent = span.parent_span_id === 'b'.repeat(16) ? root : times.get(span.parent_span_id);
    expect(parent).toBeDefined();
    expect(span.timestamp).toBeGreaterThanOrEqual(span.start_timestamp);
    expect(span.start_timestamp).toBeGreaterThanOrEqual(parent?.from ?? Infinity);
    expect(span.timestamp).toBeLessThanOrEqual(parent?.to ?? -Infinity);
  }
}

test('of very many spans the 1,000 that explain most are told, as one tree', () => {
  const bodies: Parameters<typeof emitted>[0][number][] = [
    [0, { event: 'phase-started', phase: 'start' }],
  ];
  for (let index = 0; index < 600; index += 1) {
    const name = `s${index}`;
    bodies.push(
      [
        index,
        { event: 'service-state', service: name, state: 'starting', runner: '', elapsedMs: 0 },
      ],
      [index, { event: 'phase-started', phase: 'ready', service: name }],
      [index, { event: 'hook-ended', plugin: 'mail', hook: `serviceReady(${name})`, elapsedMs: 0 }],
      [index, { event: 'phase-ended', phase: 'ready', service: name, elapsedMs: 0, ok: true }],
    );
  }
  const events = emitted(bodies);
  const ids = { ...fixedIds(), spanIdOf: (name: string) => name.padStart(16, 'f') };
  const { spans, dropped } = buildSpans(events, ids);
  expect(spans).toHaveLength(1000);
  expect(dropped).toBe(601 + 600 + 600 - 1000);
  expect(spans.filter(({ op }) => op === 'service')).toHaveLength(600);
  expect(spans.filter(({ op }) => op === 'hook')).toEqual([]);
  const times = events.map(({ at }) => Date.parse(at));
  expectTree(spans, { first: times[0] ?? 0, last: times.at(-1) ?? 0 });
});
