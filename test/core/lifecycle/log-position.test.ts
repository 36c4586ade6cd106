import { expect, test } from 'vitest';
import { createLogPosition } from '../../../core/lifecycle/log-position.ts';
import type { LogLine } from '../../../core/run/runner.ts';

const line = (nano: string, text: string, stream: LogLine['stream'] = 'stdout'): LogLine => ({
  service: 'db',
  stream,
  text,
  at: `2026-01-01T00:00:01.${nano}Z`,
});
const startMs = Date.UTC(2026, 0, 1, 0, 0, 1);

test('opened first where it was asked for, then at the millisecond of its last line', () => {
  const position = createLogPosition({ tail: 5 });
  expect(position.open()).toEqual({ tail: 5 });
  position.take(line('002000001', 'a'));
  expect(position.open()).toEqual({ sinceMs: startMs + 2 });
});

test('what is repeated is seen once, what is new in the same millisecond or moment is not lost', () => {
  const position = createLogPosition({});
  const before = [line('002000001', 'a'), line('002000001', 'b'), line('002000001', 'b')];
  expect(before.map(position.take)).toEqual([true, true, true]);
  position.open();
  const after = [...before, line('002000001', 'b'), line('002000001', 'c'), line('002000002', 'a')];
  expect(after.map(position.take)).toEqual([false, false, false, true, true, true]);
});

test('opened again and again, also before anything new came', () => {
  const position = createLogPosition({});
  const lines = [line('002000001', 'a'), line('003', 'b')];
  lines.forEach(position.take);
  for (const _ of [1, 2]) {
    position.open();
    expect(lines.map(position.take)).toEqual([false, false]);
  }
  position.open();
  expect(position.take(line('003', 'b'))).toBe(false);
  expect(position.take(line('003', 'b'))).toBe(true);
});

test('each stream has its own place: a line that came late by the other is no repetition', () => {
  const position = createLogPosition({});
  position.take(line('001', 'out'));
  position.take(line('005', 'error', 'stderr'));
  expect(position.open()).toEqual({ sinceMs: startMs + 1 });
  expect(position.take(line('003', 'late'))).toBe(true);
  expect(position.take(line('005', 'error', 'stderr'))).toBe(false);
});

test('where lines have no times, only new ones are asked for', () => {
  const position = createLogPosition({});
  expect(position.take({ service: 'db', stream: 'stdout', text: 'a' })).toBe(true);
  expect(position.open()).toEqual({ tail: 0 });
});
