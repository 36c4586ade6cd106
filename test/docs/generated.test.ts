import { expect, test } from 'vitest';
import { findStalePages } from '../../docs/generate.ts';

test('the pages that are made of code are what the code makes of them (npm run docs)', () => {
  expect([...findStalePages().keys()]).toEqual([]);
});
