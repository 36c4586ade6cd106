import { expect, test } from 'vitest';
import { createRowCache } from '../../../core/metrics/row-cache.ts';

test('what was kept is found by the same key, instance and tags, and by nothing less or more', () => {
  const cache = createRowCache<string>(100);
  cache.keep('x', { tags: { a: 1, b: 'two' } }, 'both');
  expect(cache.find('x', { tags: { a: 1, b: 'two' } })).toBe('both');
  cache.keep('x', { instance: 'i', tags: { a: 1 } }, 'one');
  expect(cache.find('x', { instance: 'i', tags: { a: 1 } })).toBe('one');
  const others = [
    undefined,
    {},
    { tags: { a: 1 } },
    { tags: { a: '1', b: 'two' } },
    { tags: { a: 1, b: 'two', c: 3 } },
    { instance: 'i' },
    { instance: 'i', tags: { a: 1, b: 'two' } },
    { tags: { instance: 'i', a: 1 } },
  ];
  expect(others.map((options) => cache.find('x', options))).toEqual(others.map(() => undefined));
  expect(cache.find('y', { tags: { a: 1, b: 'two' } })).toBeUndefined();
});

test('what can change is not kept', () => {
  const cache = createRowCache<string>(100);
  const tags = { a: {} as never };
  cache.keep('x', { tags }, 'object');
  expect(cache.find('x', { tags })).toBeUndefined();
  expect(cache.find('x', undefined)).toBeUndefined();
});

test('when there is too much of it, it begins anew', () => {
  const cache = createRowCache<number>(3);
  const keep = (value: number) => cache.keep('x', { tags: { value } }, value);
  const found = () =>
    [1, 2, 3, 4, 5].map((value) => cache.find('x', { tags: { value } })).filter(Boolean);
  [1, 2, 3].forEach(keep);
  expect(found()).toEqual([1, 2, 3]);
  [4, 5].forEach(keep);
  expect(found()).toEqual([4, 5]);
});
