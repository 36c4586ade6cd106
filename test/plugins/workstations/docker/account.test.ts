import fc from 'fast-check';
import { expect, test } from 'vitest';
import { resolveAccount } from '../../../../plugins/workstations/docker/account.ts';

const ada = { name: 'ada', uid: 1000, gid: 100 };

test('whoever runs us logs in, with the same numbers', () => {
  expect(resolveAccount({ caller: ada, isRootless: false })).toEqual({
    user: 'ada',
    home: '/home/ada',
    ids: { uid: 1000, gid: 100 },
  });
});

test('root stays root, and so does who is root in containers of their own engine', () => {
  const root = { user: 'root', home: '/root', ids: { uid: 0, gid: 0 } };
  const caller = { name: 'root', uid: 0, gid: 0 };
  expect(resolveAccount({ caller, isRootless: false })).toEqual(root);
  expect(resolveAccount({ caller: ada, isRootless: true })).toEqual(root);
  // Windows has no numbers.
  expect(resolveAccount({ caller: { ...caller, uid: -1 }, isRootless: false })).toEqual(root);
});

test('a name that was asked for is taken, with the image’s numbers where the caller’s would be root', () => {
  const caller = { name: 'root', uid: 0, gid: 0 };
  expect(resolveAccount({ asked: 'dev', caller, isRootless: false })).toEqual({
    user: 'dev',
    home: '/home/dev',
  });
});

test('any name becomes one that every image takes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const { user } = resolveAccount({ caller: { ...ada, name }, isRootless: false });
      expect(user).toMatch(/^[a-z_][a-z0-9_-]{0,31}$/);
      expect(user).not.toBe('root');
    }),
    { seed: 7 },
  );
});
