import { expect, test } from 'vitest';
import { prependLocalBins } from '../../core/command-path.ts';

test.each([
  ['/shop', '/shop/node_modules/.bin:/usr/bin'],
  [
    '/shop/web/app',
    '/shop/web/app/node_modules/.bin:/shop/web/node_modules/.bin:/shop/node_modules/.bin:/usr/bin',
  ],
  ['/shopping', '/shop/node_modules/.bin:/usr/bin'],
])('in %s the repo’s own programs come first', (cwd, path) => {
  expect(prependLocalBins('/usr/bin', { cwd, root: '/shop' })).toBe(path);
});

test('without a PATH there is no empty entry, which would be the folder itself', () => {
  expect(prependLocalBins(undefined, { cwd: '/shop', root: '/shop' })).toBe(
    '/shop/node_modules/.bin',
  );
  expect(prependLocalBins('', { cwd: '/shop', root: '/shop' })).toBe('/shop/node_modules/.bin');
});
