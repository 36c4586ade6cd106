import {
  array,
  assert,
  constantFrom,
  double,
  integer,
  nat,
  property,
  string,
  tuple,
} from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, resolveDuration } from '../../core/duration.ts';

const units = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

test('durations of the Compose Specification', () => {
  expect(
    ['2.5s', '10s', '1m30s', '2h32m', '1h5m30s20ms', '500us', '0s', 1500].map(resolveDuration),
  ).toEqual([2500, 10_000, 90_000, 9_120_000, 3_930_020, 0.5, 0, 1500]);
});

test('what is none', () => {
  const none = [
    '',
    ' ',
    '10',
    's',
    '10 s',
    '-1s',
    '1.s',
    '1d',
    '1s ',
    's1',
    '1e3s',
    '１s',
    -1,
    NaN,
    Infinity,
  ];
  expect(none.filter((value) => resolveDuration(value) !== undefined)).toEqual([]);
});

test('any sum of parts is the sum of its parts', () => {
  const part = tuple(nat(10_000), constantFrom('us', 'ms', 's', 'm', 'h'));
  assert(
    property(array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const text = parts.map(([amount, unit]) => `${amount}${unit}`).join('');
      const sum = parts.reduce((total, [amount, unit]) => total + amount * units[unit], 0);
      expect(resolveDuration(text)).toBeCloseTo(sum, 6);
    }),
    { seed: 11, numRuns: 200 },
  );
});

test('any text either is a duration or is none: nothing throws, nothing is negative', () => {
  assert(
    property(string({ maxLength: 12 }), (text) => {
      expect(resolveDuration(text) ?? 0).toBeGreaterThanOrEqual(0);
    }),
    { seed: 12, numRuns: 300 },
  );
});

test('for people', () => {
  expect(
    [0, 340, 999.4, 999.6, 2100, 59_940, 59_960, 90_000, 119_600, 3_600_000].map(formatDuration),
  ).toEqual([
    '0 ms',
    '340 ms',
    '999 ms',
    '1.0 s',
    '2.1 s',
    '59.9 s',
    '1 m 0 s',
    '1 m 30 s',
    '2 m 0 s',
    '60 m 0 s',
  ]);
});

test('a longer time never reads as a shorter one, and no unit overflows', () => {
  const toMs = (text: string) => resolveDuration(text.replaceAll(' ', '')) ?? -1;
  assert(
    property(
      double({ min: 0, max: 4_000_000, noNaN: true }),
      integer({ min: 0, max: 5000 }),
      (ms, more) => {
        expect(toMs(formatDuration(ms + more))).toBeGreaterThanOrEqual(toMs(formatDuration(ms)));
        expect(formatDuration(ms)).not.toMatch(/1000 ms|\b60(\.0)? s/);
      },
    ),
    { seed: 13, numRuns: 500 },
  );
});
