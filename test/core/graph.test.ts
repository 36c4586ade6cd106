import { array, assert, nat, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import { findCycle, reverseEdges, topologicalOrder } from '../../core/graph.ts';
import { closestName, didYouMean } from '../../core/suggestion.ts';

test('the ring is closed and starts where it is first entered', () => {
  expect(findCycle({ a: ['b'], b: ['c'], c: ['b'] })).toEqual(['b', 'c', 'b']);
  expect(findCycle({ a: ['a'] })).toEqual(['a', 'a']);
  expect(findCycle({ a: ['b', 'c'], b: ['d'], c: ['d'], d: [] })).toBeUndefined();
  expect(findCycle({ a: ['gone', 'constructor'] })).toBeUndefined();
});

test('needs come first, otherwise the given order is kept', () => {
  expect(topologicalOrder({ c: ['b'], a: [], b: ['a'] })).toEqual(['a', 'b', 'c']);
  expect(topologicalOrder({ z: [], y: [], x: [] })).toEqual(['z', 'y', 'x']);
  expect(topologicalOrder({ a: ['gone'] })).toEqual(['a']);
});

test('edges turned round', () => {
  const edges = { web: ['api'], api: ['db', 'gone', 'constructor'], db: [] };
  expect(reverseEdges(edges)).toEqual({ web: [], api: ['web'], db: ['api'] });
});

test('any graph without a ring is ordered whole, each after what it needs; any ring is real', () => {
  const size = 8;
  const pairs = array(tuple(nat(size - 1), nat(size - 1)), { maxLength: 14 });
  assert(
    property(pairs, (given) => {
      const edges: Record<string, string[]> = {};
      for (let node = 0; node < size; node++) edges[`n${node}`] = [];
      for (const [from, to] of given) edges[`n${from}`]?.push(`n${to}`);
      const ring = findCycle(edges);
      const steps = (ring ?? [])
        .slice(1)
        .map((to, index) => edges[ring?.[index] ?? '']?.includes(to));
      expect(steps.every(Boolean)).toBe(true);
      const order = ring ? [] : topologicalOrder(edges);
      const isOrdered = Object.entries(edges).every(([name, needs]) =>
        needs.every((need) => order.indexOf(need) < order.indexOf(name)),
      );
      expect(ring !== undefined || isOrdered).toBe(true);
      expect(order.length).toBe(ring ? 0 : size);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('a misspelt name: one slip in three letters, a swap counting once', () => {
  const known = ['postgres', 'redis', 'db', 'api'];
  expect(
    ['postgers', 'Postgres', 'redsi', 'dbb', 'ap', 'kafka', ''].map((name) =>
      closestName(name, known),
    ),
  ).toEqual(['postgres', 'postgres', 'redis', 'db', 'api', undefined, undefined]);
  expect(didYouMean('redsi', known)).toBe(' Did you mean "redis"?');
  expect(didYouMean('kafka', known)).toBe('');
});
