import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toStatsdLines } from '../../../../plugins/metrics/statsd/statsd-lines.ts';
import { sampleOf } from '../sample-of.ts';
import { readStatsd } from './read-statsd.ts';

const dog = { prefix: 'devservices.', dialect: 'dogstatsd', maxBytes: 1432 } as const;
const plain = { ...dog, dialect: 'statsd' } as const;
const tags = { service: 'db', runner: 'docker' };

test('each kind has its line, with tags in the order of their names', () => {
  const batch = [
    sampleOf({ kind: 'counter', key: 'services.started', tags, sum: 3 }),
    sampleOf({ kind: 'gauge', key: 'open', last: -2.5 }),
    sampleOf({
      kind: 'timing',
      key: 'pull.ms',
      values: [12, 1.5],
      tags: { image: 'library/redis' },
    }),
    sampleOf({ kind: 'distribution', key: 'size', values: [7] }),
  ];
  expect(toStatsdLines(batch, dog)).toEqual([
    'devservices.services.started:3|c|#runner:docker,service:db',
    'devservices.open:-2.5|g',
    'devservices.pull.ms:12|ms|#image:library/redis',
    'devservices.pull.ms:1.5|ms|#image:library/redis',
    'devservices.size:7|d',
  ]);
});

test('plain StatsD has tags in the name, and a gauge below zero is no change of what was there', () => {
  const batch = [
    sampleOf({ kind: 'counter', key: 'services.started', tags: { ...tags, at: 'a.b:c|d' } }),
    sampleOf({ kind: 'gauge', key: 'open', last: -2 }),
    sampleOf({ kind: 'distribution', key: 'size', values: [7] }),
  ];
  expect(toStatsdLines(batch, plain)).toEqual([
    'devservices.services.started.at_a_b_c_d.runner_docker.service_db:1|c',
    'devservices.open:0|g\ndevservices.open:-2|g',
    'devservices.size:7|ms',
  ]);
});

test('values that stand for more than themselves say for how many', () => {
  const timing = sampleOf({ kind: 'timing', key: 'x', values: [1, 2], count: 8 });
  expect(toStatsdLines([timing], { ...dog, prefix: '' })).toEqual(['x:1|ms|@0.25', 'x:2|ms|@0.25']);
  // What a counter was sampled by is in its sum.
  const counter = sampleOf({ kind: 'counter', key: 'x', count: 8, sum: 8 });
  expect(toStatsdLines([counter], { ...dog, prefix: '' })).toEqual(['x:8|c']);
});

test('numbers are written without exponents', () => {
  const texts = [1e21, -1e21, 1e-7, 123_456_789.25, 0.1, 0, 5e-324].map(
    (sum) => toStatsdLines([sampleOf({ kind: 'counter', key: 'x', sum })], dog)[0],
  );
  expect(texts).toEqual(
    [
      '1000000000000000000000',
      '-1000000000000000000000',
      '0.0000001',
      '123456789.25',
      '0.1',
      '0',
      '0',
    ].map((text) => `devservices.x:${text}|c`),
  );
});

test('what is no number is no line', () => {
  const strange = [Number.NaN, Number.POSITIVE_INFINITY];
  const batch = strange.flatMap((value) => [
    sampleOf({ kind: 'counter', key: 'x', sum: value }),
    sampleOf({ kind: 'gauge', key: 'x', last: value }),
    sampleOf({ kind: 'timing', key: 'x', values: [value, 1] }),
  ]);
  expect(toStatsdLines(batch, dog)).toEqual(['devservices.x:1|ms', 'devservices.x:1|ms']);
});

test('tags for which a datagram has no room are left out, and the line fits', () => {
  const long = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [`a${index}`, 'ü'.repeat(100)]),
  );
  const sample = sampleOf({ kind: 'gauge', key: 'k'.repeat(128), last: -5e-10, tags: long });
  for (const format of [dog, plain, { ...dog, maxBytes: 512 }, { ...plain, maxBytes: 512 }]) {
    const [line = ''] = toStatsdLines([sample], format);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(format.maxBytes);
    expect(line).toContain('ü'.repeat(format.dialect === 'dogstatsd' ? 100 : 0));
    expect(line).toContain('a');
  }
});

const odd = fc.constantFrom(
  '\n',
  '\r\n',
  '|',
  '#',
  '@',
  ':',
  ',',
  '|c\nx:1|c',
  '|#a:b',
  '_e{1,1}:',
  '\u2028',
  '\0',
  '😀',
);
const text = fc
  .array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const number = fc.double();
const sample = fc.record({
  kind: fc.constantFrom('counter', 'gauge', 'timing', 'distribution'),
  key: text,
  tags: fc.dictionary(text, text, { maxKeys: 5 }),
  count: fc.double({ min: 0, noNaN: true }),
  sum: number,
  min: number,
  max: number,
  last: number,
  values: fc.array(number, { maxLength: 4 }),
});

test('whatever keys, tags and values hold, a line is one measurement of that name', () => {
  fc.assert(
    fc.property(sample, fc.constantFrom('', 'a.'), (one, prefix) => {
      const key = one.key === '' ? '_' : one.key;
      const lines = toStatsdLines([{ ...one, key }], { ...dog, prefix });
      const values =
        one.kind === 'counter' ? [one.sum] : one.kind === 'gauge' ? [one.last] : one.values;
      const finite = values.filter(Number.isFinite);
      expect(lines).toHaveLength(finite.length);
      const pairs = Object.entries(one.tags).map(
        ([name, value]) =>
          `${name.replaceAll(/[^\w.-]/g, '_') || '_'}:${value.replaceAll(/[|,#@\s\p{C}\p{Zl}\p{Zp}]/gu, '_')}`,
      );
      for (const [index, line] of lines.entries()) {
        const read = readStatsd(line);
        expect(read.name).toBe(`${prefix}${key}`.replaceAll(/[^\w.-]/g, '_').slice(0, 200));
        expect(read.value).toBeCloseTo(finite[index] ?? 0, 15);
        const found = Object.entries(read.tags).map(([name, value]) => `${name}:${value}`);
        expect(found.filter((pair) => !pairs.includes(pair))).toEqual([]);
      }
    }),
    { numRuns: 500, seed: 7 },
  );
});

test('the same of plain StatsD, where a name is all there is', () => {
  fc.assert(
    fc.property(sample, (one) => {
      const lines = toStatsdLines([{ ...one, key: `k${one.key}` }], plain);
      for (const line of lines.flatMap((unit) => unit.split('\n'))) {
        const { name, tags: read } = readStatsd(line);
        expect(name.startsWith('devservices.k')).toBe(true);
        expect(read).toEqual({});
      }
    }),
    { numRuns: 300, seed: 7 },
  );
});
