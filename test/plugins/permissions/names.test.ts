import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assertEmail,
  assertPermission,
  permissionLimit,
  problemOfPermission,
} from '../../../plugins/permissions/names.ts';

const anyCharacter = fc
  .integer({ max: 0x10ffff, min: 0 })
  .map((code) => String.fromCodePoint(code));
const seeded = { seed: 20, numRuns: 500 };

function codeOf(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return (thrown as { code?: unknown }).code;
  }
  return undefined;
}

describe('a permission', () => {
  test.each(['a', '0', 'mail.read', 'options.secrets', 'a:b_c-d.e', '1x', 'a'.repeat(64)])(
    '%s can be one',
    (name) => {
      expect(problemOfPermission(name, permissionLimit)).toBeUndefined();
    },
  );

  test.each([
    ['', 'is empty'],
    ['.read', 'begins with "."'],
    ['-rf', 'begins with "-"'],
    ['Mail.read', 'has "M" (U+004D), which no permission has'],
    ['mail read', 'has the character U+0020, which no permission has'],
    ['mail.read\n', 'has the character U+000A, which no permission has'],
    ['mаil.rеad', 'has "а" (U+0430), "е" (U+0435), which no permission has'],
    ['mail\u200b', 'has the character U+200B, which no permission has'],
    ['mail\u202e', 'has the character U+202E, which no permission has'],
    ["x'; drop table users;--", 'has "\'" (U+0027), ";" (U+003B), the character U+0020'],
    ['mail.😀', 'has "😀" (U+1F600), which no permission has'],
    ['a'.repeat(65), 'has 65 characters, and there is room for 64'],
  ])('%j cannot', (name, problem) => {
    expect(problemOfPermission(name, permissionLimit)).toContain(problem);
    expect(codeOf(() => assertPermission(name, permissionLimit))).toBe('DS_PERMISSION_INVALID');
  });

  test('there is as much room as the column has, or any', () => {
    const name = 'a'.repeat(33);
    expect(problemOfPermission(name, 32)).toBe('has 33 characters, and there is room for 32');
    expect(problemOfPermission(name, 33)).toBeUndefined();
    expect(problemOfPermission('a'.repeat(5000), undefined)).toBeUndefined();
  });

  test('whatever is taken is plain ASCII of that length, and nothing else is taken', () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom(...Array.from('abz09._:-A ')) }),
      fc.string({ unit: anyCharacter, maxLength: 70 }),
    );
    fc.assert(
      fc.property(text, (name) => {
        const isTaken = problemOfPermission(name, permissionLimit) === undefined;
        expect(isTaken).toBe(/^[a-z0-9][a-z0-9._:-]{0,63}$/.test(name) && !name.includes('\n'));
      }),
      seeded,
    );
  });
});

describe('an e-mail address', () => {
  test.each(['a@b', 'ada@example.org', 'ada+test@sub.example.org', 'jürgen@bücher.example'])(
    '%s can be one',
    (email) => {
      expect(codeOf(() => assertEmail(email))).toBeUndefined();
    },
  );

  test.each([
    ['', 'is empty'],
    ['ada', 'is not of the form someone@somewhere'],
    ['@example.org', 'is not of the form'],
    ['ada@', 'is not of the form'],
    ['ada@b@c', 'is not of the form'],
    ['ada @example.org', 'has the character U+0020'],
    ['ada@example.org\0', 'has the character U+0000'],
    ['ada@example.org\ud800', 'has the character U+D800'],
    ['ada\u202e@example.org', 'has the character U+202E'],
    [`${'a'.repeat(250)}@b.de`, 'has 255 characters, and there is room for 254'],
  ])('%j cannot', (email, problem) => {
    expect(codeOf(() => assertEmail(email))).toBe('DS_USER_INVALID');
    expect(() => assertEmail(email)).toThrow(problem);
  });
});
