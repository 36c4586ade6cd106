import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isZombie, parseProcessStat } from '../../../core/identity/process-stat.ts';

// As Linux prints it; the fields from the 23rd on are not read.
const lineOf = ({ name = 'node', state = 'S', used = [3, 4, 50, 60] } = {}) =>
  `4711 (${name}) ${state} 42 4700 4700 0 -1 4194304 1 2 3 4 ${used.join(' ')} 20 0 11 0 987654 1 2 3 4\n`;

test('a line says who it is, who started it, and what it and its ended children used', () => {
  expect(parseProcessStat(lineOf())).toEqual({
    pid: 4711,
    parent: 42,
    group: 4700,
    state: 'S',
    startTicks: '987654',
    cpuMs: 1170,
  });
});

test('a command is free to have any name', () => {
  const plain = parseProcessStat(lineOf());
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(') R 1 1', '((', '1 (a) Z')), (name) => {
      expect(parseProcessStat(lineOf({ name }))).toEqual(plain);
    }),
  );
});

test('times of any size are added up', () => {
  const ticks = fc.nat({ max: 2 ** 40 });
  fc.assert(
    fc.property(fc.tuple(ticks, ticks, ticks, ticks), (used) => {
      const [a, b, c, d] = used;
      expect(parseProcessStat(lineOf({ used }))?.cpuMs).toBe((a + b + c + d) * 10);
    }),
  );
});

test('what is no such line is none, and nothing is thrown', () => {
  expect(parseProcessStat('')).toBeUndefined();
  expect(parseProcessStat(lineOf().slice(0, 40))).toBeUndefined();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.nat().map((end) => lineOf().slice(0, end)),
      ),
      (line) => {
        const stat = parseProcessStat(line);
        expect(stat === undefined || stat.pid > 0).toBe(true);
      },
    ),
  );
});

test('one that has ended is known by its state', () => {
  const states = ['R', 'S', 'D', 'T', 'Z', 'X'].map((state) => parseProcessStat(lineOf({ state })));
  expect(states.map((stat) => stat && isZombie(stat))).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
});
