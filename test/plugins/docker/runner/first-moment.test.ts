import { expect, test } from 'vitest';
import { firstMomentOf } from '../../../../plugins/docker/runner/container-addresses.ts';

const started = '2026-01-01T00:00:10.500Z';
const at = (second: number) => Date.UTC(2026, 0, 1, 0, 0, second);

test('a first run: lines that are older than the noted start count', () => {
  const never = '0001-01-01T00:00:00Z';
  expect(firstMomentOf({ StartedAt: started, FinishedAt: never })).toBe(at(8) + 500);
});

test('a later run: nothing of the earlier one counts', () => {
  const recently = '2026-01-01T00:00:10Z';
  expect(firstMomentOf({ StartedAt: started, FinishedAt: recently })).toBe(at(10));
  const longAgo = '2026-01-01T00:00:01Z';
  expect(firstMomentOf({ StartedAt: started, FinishedAt: longAgo })).toBe(at(8) + 500);
});
