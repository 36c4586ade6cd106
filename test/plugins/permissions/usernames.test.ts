import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveUsername } from '../../../plugins/permissions/usernames.ts';

const anyCharacter = fc
  .integer({ max: 0x10ffff, min: 0 })
  .map((code) => String.fromCodePoint(code));
const oneOf = (characters: string) => fc.constantFrom(...Array.from(characters));

function messageOf(given: string): string {
  try {
    resolveUsername(given);
    return '';
  } catch (thrown) {
    const { code, message } = thrown as { code: string; message: string };
    return code === 'DS_USER_INVALID' ? message : String(thrown);
  }
}

describe('a username', () => {
  test.each(
    [
      'ada Ada.Lovelace ada@example.org a+b-c_d 7 ada2'.split(' '),
      // One script each, with the digits and signs of all.
      'jürgen Đặng ада Έλλη שרה علي अनिता สมชาย ანა ẹ́mi'.split(' '),
      // Written together by those who write so.
      '山田たろう サーバー2 김민수 林ㄅㄆㄇ'.split(' '),
      'a'.repeat(150),
    ].flat(),
  )('%s is taken as it is', (name) => {
    expect(messageOf(name)).toBe('');
    expect(resolveUsername(name)).toBe(name.normalize('NFC'));
  });

  test('letters and marks apart are put together', () => {
    expect(resolveUsername('ju\u0308rgen')).toBe('j\u00fcrgen');
  });

  test.each([
    ['', 'is empty'],
    ['a'.repeat(151), 'has 151 characters, and there is room for 150'],
    ['id:7', 'begins with "id:"'],
    ['ID:7', 'begins with "id:"'],
    ['ada lovelace', 'has the character U+0020, which no username has'],
    ['ada\t', 'has the character U+0009'],
    ['ada\0', 'has the character U+0000'],
    ['ada\u00ad', 'has the character U+00AD'],
    ['ada\u200d', 'has the character U+200D'],
    ['ada\u202e', 'has the character U+202E'],
    ['ada\ufe0f', 'has the character U+FE0F'],
    ['ada\ud83d', 'has the character U+D83D'],
    ["ada'--", 'has "\'" (U+0027), which no username has'],
    ['$(rm)', 'has "$" (U+0024), "(" (U+0028), ")" (U+0029)'],
    ['ada/..', 'has "/" (U+002F)'],
    ['٣', 'has "٣" (U+0663)'],
    ['.\u0301a', 'has the character U+0301 behind no letter'],
    ['\u0301a', 'has the character U+0301 behind no letter'],
  ])('%j is not', (name, problem) => {
    expect(messageOf(name)).toContain(problem);
  });

  test.each([
    ['аda', 'mixes letters of Latin with "а" (U+0430) of Cyrillic'],
    ['adа', 'mixes letters of Latin with "а" (U+0430) of Cyrillic'],
    ['αda', 'mixes letters of Latin with "α" (U+03B1) of Greek'],
    ['админi', 'mixes letters of Cyrillic with "i" (U+0069) of Latin'],
    ['ааа.example@xn', 'mixes letters of Latin with "а" (U+0430) of Cyrillic'],
    ['山田taro', 'mixes letters of Latin with "山" (U+5C71), "田" (U+7530) of Han'],
    ['ａda', 'has "ａ" (U+FF41), another way to write "ada"'],
    ['ﬁn', 'has "ﬁ" (U+FB01), another way to write "fin"'],
    ['𝐚da', 'has "𝐚" (U+1D41A), another way to write "ada"'],
    ['ⅷ', 'has "ⅷ" (U+2177), which no username has'],
    ['ᎪᎠᎪ', 'has "Ꭺ" (U+13AA), of a rare script'],
  ])('a look-alike such as %s is not', (name, problem) => {
    expect(messageOf(name)).toContain(problem);
  });

  test('whatever is taken looks as it is, and is taken again', () => {
    const unit = oneOf('abAZ09._@+-éаяα山ー\u0301ﬁ');
    const text = fc.oneof(
      fc.string({ unit, maxLength: 12 }),
      fc.string({ unit: anyCharacter, maxLength: 4 }),
    );
    let taken = 0;
    fc.assert(
      fc.property(text, (given) => {
        if (messageOf(given) !== '') return;
        taken++;
        const name = resolveUsername(given);
        expect(resolveUsername(name)).toBe(name);
        expect(name.normalize('NFKC')).toBe(name);
        expect(name).not.toMatch(/[\s\p{C}\p{DI}]/u);
        const letters = name.replaceAll(/\P{L}/gu, '');
        expect(/\p{sc=Latin}/u.test(letters) && /[\p{sc=Cyrl}\p{sc=Grek}]/u.test(letters)).toBe(
          false,
        );
      }),
      { seed: 21, numRuns: 1000 },
    );
    expect(taken).toBeGreaterThan(100);
  });

  test('no name mixes letters of two alphabets that look alike', () => {
    const latin = oneOf('aceopxy');
    const other = oneOf('асеорхуαονρ');
    const rest = fc.array(fc.oneof(latin, other), { maxLength: 8 });
    fc.assert(
      fc.property(latin, other, rest, fc.nat(), (one, two, more, place) => {
        const name = [one, ...more];
        name.splice(place % (name.length + 1), 0, two);
        expect(messageOf(name.join(''))).toMatch(/mixes letters of .* \(U\+[0-9A-F]{4}\)/);
      }),
      { seed: 22, numRuns: 300 },
    );
  });
});
