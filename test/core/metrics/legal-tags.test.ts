import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../core/metrics/create-metrics.ts';
import type { MetricOptions, MetricRow, MetricTags } from '../../../core/metrics.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createLines, createRecordingSink } from './recording-sink.ts';

const illegalNames = ['user_id', '_id', 'event', 'project', 'group', '1st', 'a b', '', 'é', 'a:b'];

test('in development a measurement with an illegal tag is refused, and that is said once by key', () => {
  const log = createLines();
  const metrics = createMetrics({ log, isDevelopment: true });
  for (const name of [...illegalNames, ...illegalNames]) {
    metrics.incr('x', { tags: { ok: 1, [name]: 1 }, amount: 2 });
    metrics.timing('y', 1, { tags: { [name]: 1 } });
  }
  metrics.withTags({ group: 1 }, () => metrics.incr('z'));
  expect(metrics.snapshot()).toEqual([]);
  expect(metrics.dropped().illegal).toBe(20 * 2 + 20 + 1);
  expect(log.lines).toEqual([
    { level: 'warn', text: 'The metric "x" is not recorded: it may have no tag "user_id".' },
    { level: 'warn', text: 'The metric "y" is not recorded: it may have no tag "user_id".' },
    { level: 'warn', text: 'The metric "z" is not recorded: it may have no tag "group".' },
  ]);
});

test('elsewhere it is recorded without the tag, and nobody is told', () => {
  const log = createLines();
  const metrics = createMetrics({ log });
  for (const name of illegalNames) metrics.incr('x', { tags: { ok: 1, [name]: 1 } });
  expect(metrics.snapshot()).toMatchObject([{ tags: { ok: '1' }, sum: illegalNames.length }]);
  expect(Object.keys(metrics.snapshot()[0]?.tags ?? {})).toEqual(['ok']);
  expect(metrics.dropped().illegal).toBe(0);
  expect(log.lines).toEqual([]);
});

test('names that only look like those are legal', () => {
  const metrics = createMetrics({ isDevelopment: true });
  const tags = { use_case_id: 1, events: 1, 'project.kind': 1, id: 1, userId: 1, A: 1, 'a-b': 1 };
  metrics.incr('x', { tags });
  expect(metrics.snapshot()[0]?.tags).toEqual(
    Object.fromEntries(Object.keys(tags).map((name) => [name, '1'])),
  );
});

test('a name has at most 64 signs, a value 200, a measurement 32 tags', () => {
  const metrics = createMetrics();
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, each) => [`t${each}`, each]));
  metrics.incr('x', { tags: { ['n'.repeat(64)]: 'v'.repeat(300), ['n'.repeat(65)]: 1 } });
  metrics.incr('y', { tags: many });
  const [x, y] = metrics.snapshot();
  expect(x?.tags).toEqual({ ['n'.repeat(64)]: 'v'.repeat(200) });
  expect(Object.keys(y?.tags ?? {}).length).toBe(32);
  const strict = createMetrics({ isDevelopment: true });
  strict.incr('y', { tags: many });
  expect(strict.snapshot()).toEqual([]);
});

test('a key is a letter and what a name may have, with its instance 128 signs', () => {
  const log = createLines();
  const metrics = createMetrics({ log, isDevelopment: true });
  const long = 'k'.repeat(128);
  metrics.incr(long);
  metrics.incr('k'.repeat(120), { instance: '1234567' });
  const refused = [`${long}k`, '', '1a', '.a', 'a b', 'a\n', 'a:1|c', 'a{b}', 'ä'];
  for (const key of refused) metrics.incr(key);
  metrics.incr('k'.repeat(120), { instance: '12345678' });
  metrics.incr('a', { instance: 'b\nc:1|c' });
  expect(metrics.snapshot().map(({ key }) => key)).toEqual([long, `${'k'.repeat(120)}.1234567`]);
  expect(metrics.dropped().illegal).toBe(refused.length + 2);
  // What is said has no line's end in it either.
  expect(log.lines.some(({ text }) => /\p{Cc}/u.test(text))).toBe(false);
});

test('what is no number is refused, and of what only grows what is below nothing', () => {
  const metrics = createMetrics();
  for (const value of [NaN, Infinity, -Infinity, '5', null, undefined, {}] as number[]) {
    metrics.gauge('gauge', value);
    metrics.timing('timing', value);
    metrics.distribution('distribution', value);
    if (value !== undefined && value !== null) metrics.incr('counter', { amount: value });
  }
  metrics.incr('counter', { amount: -1 });
  metrics.timing('timing', -1);
  expect(metrics.snapshot()).toEqual([]);
  expect(metrics.dropped().illegal).toBe(3 * 7 + 5 + 2);
  metrics.gauge('gauge', -1);
  metrics.distribution('distribution', -1);
  expect(metrics.snapshot().length).toBe(2);
});

test('sums that no number can hold are as much as can be', async () => {
  const metrics = createMetrics({ clock: createFakeClock() });
  const sink = createRecordingSink();
  metrics.addSink(sink);
  for (let each = 0; each < 3; each += 1) {
    metrics.incr('x', { amount: Number.MAX_VALUE });
    metrics.distribution('y', each % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE);
  }
  await metrics.close();
  for (const { sum } of [...metrics.snapshot(), ...sink.samples])
    expect(sum).toSatisfy(Number.isFinite);
});

// What throws cannot be printed where the test fails: it takes this one's place when it is used.
const unreadable = 'unreadable';
const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error('not to be read');
    },
    ownKeys() {
      throw new Error('not to be listed');
    },
  },
);

function asUsed(given: unknown): unknown {
  if (given === unreadable) return throwing;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  if (Object.getPrototypeOf(given) !== Object.prototype) return given;
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, asUsed(one)]));
}

function isSafe({ key, tags, ...row }: MetricRow): boolean {
  const { count, sum, min, max, last } = row;
  return (
    /^[a-zA-Z][\w.-]{0,127}$/.test(key) &&
    Object.entries(tags).every(
      ([name, value]) =>
        /^[a-zA-Z][\w.-]{0,63}$/.test(name) &&
        value.length <= 200 &&
        !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value),
    ) &&
    [count, sum, min, max, last].every(Number.isFinite)
  );
}

test('whatever it is given, nothing throws, and no sample has what could be another line', async () => {
  const odd = fc.constantFrom('\n', '\r', '\0', '\u001b[2J', '\u2028', '\u202e', '|#a:b', ',', '"');
  const text = fc
    .array(
      fc.oneof(
        odd,
        fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''));
  const anything = fc.anything({
    maxDepth: 1,
    maxKeys: 2,
    withBigInt: true,
    withNullPrototype: true,
  });
  const name = fc.oneof(text, fc.constantFrom('a', 'b.c', '__proto__', 'constructor', 'x_id'));
  const anyValue = fc.oneof(text, fc.double(), fc.boolean(), anything, fc.constant(unreadable));
  const number = fc.oneof(fc.double(), fc.integer(), anything);
  const tags = fc.oneof(
    fc.dictionary(name, anyValue, { maxKeys: 4, noNullPrototype: false }),
    anything,
    fc.constant(unreadable),
  );
  const options = fc.oneof(
    fc.record(
      {
        instance: fc.oneof(text, fc.constantFrom('i', 'j.k'), anything),
        tags,
        amount: number,
        sampleRate: fc.oneof(fc.constantFrom(0.5, 1), number),
      },
      { requiredKeys: [] },
    ),
    fc.constantFrom(undefined, null, unreadable),
  );
  const call = fc.record({
    kind: fc.constantFrom('incr', 'gauge', 'timing', 'distribution', 'timer', 'within', 'all'),
    key: fc.oneof(name, anything, fc.constant(unreadable)),
    value: number,
    options,
    tags,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(call, { maxLength: 20 }),
      fc.boolean(),
      async (calls, isDevelopment) => {
        const log = createLines();
        const metrics = createMetrics({ clock: createFakeClock(), log, isDevelopment });
        const sink = createRecordingSink();
        metrics.addSink(sink);
        const results: number[] = [];
        for (const { kind, ...one } of calls) {
          const given = asUsed(one.tags) as MetricTags;
          const [key, value, how] = [one.key, one.value, one.options].map(asUsed) as [
            string,
            number,
            MetricOptions,
          ];
          if (kind === 'all') metrics.setTags(given);
          else if (kind === 'within') {
            results.push(metrics.withTags(given, () => (metrics.incr(key, how), 1)));
          } else if (kind === 'timer') results.push(metrics.timer(key, () => 1, how));
          else if (kind === 'incr') metrics.incr(key, how);
          else metrics[kind](key, value, how);
        }
        expect(results.every((result) => result === 1)).toBe(true);
        await metrics.close();
        const rows = [...metrics.snapshot(), ...sink.samples];
        expect(rows.filter((row) => !isSafe(row))).toEqual([]);
        const values = sink.samples.flatMap((sample) => sample.values);
        expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
        expect(log.lines.filter(({ text: line }) => /[\p{Cc}\p{Zl}\p{Zp}]/u.test(line))).toEqual(
          [],
        );
        // What one sink got is what was recorded.
        const totals = (of: readonly MetricRow[]) =>
          of.map(({ key, tags: tagged, sum }) => JSON.stringify([key, tagged, sum])).toSorted();
        expect(totals(sink.samples)).toEqual(totals(metrics.snapshot()));
      },
    ),
    { seed: 20_261_123, numRuns: 200 },
  );
});
