import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTextStyle, wantsColour } from '../../../core/render/text-style.ts';
import {
  colouredLine,
  pad,
  plainLine,
  truncate,
  widthOf,
} from '../../../core/render/text-width.ts';

const red = '\u001B[31m';
const reset = '\u001B[0m';
const colours = new RegExp(`${reset[0]}\\[[\\d;]*m`, 'g');

test('width counts columns: colours none, wide signs two, marks over letters none', () => {
  expect(widthOf('plain')).toBe(5);
  expect(widthOf(`${red}red${reset}`)).toBe(3);
  expect(widthOf('日本')).toBe(4);
  expect(widthOf('e\u0301')).toBe(1);
  expect(widthOf('✔ ok')).toBe(4);
});

test('a cut text is as wide as it may be, and no wider', () => {
  expect(truncate('postgres', 8)).toBe('postgres');
  expect(truncate('postgres', 5)).toBe('post…');
  expect(truncate(`${red}postgres`, 5)).toBe(`${red}post…${reset}`);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat({ max: 30 }), (text, width) => {
      expect(widthOf(truncate(plainLine(text), width))).toBeLessThanOrEqual(Math.max(width, 0));
      expect(widthOf(pad(plainLine(text), width))).toBeGreaterThanOrEqual(width);
    }),
  );
});

test('a line from outside cannot move the cursor, ring, or colour what follows', () => {
  expect(plainLine('a\u001B[2Jb\u0007\r\nc\td')).toBe('ab c d');
  expect(colouredLine(`\u001B[2J${red}x\u001B[3A\u0007y`)).toBe(`${red}xy${reset}`);
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          '\u001B',
          '[',
          '3',
          '1',
          'm',
          'A',
          'x',
          '\u009B',
          '\r',
          '\b',
          ']',
          '\u0007',
        ),
      ),
      (parts) => {
        expect(plainLine(parts.join(''))).not.toMatch(/\p{Cc}/u);
        expect(colouredLine(parts.join('')).replaceAll(colours, '')).not.toMatch(/\p{Cc}/u);
      },
    ),
  );
});

test('columns of a table are as wide as what stands in them', () => {
  const { table } = createTextStyle({ isColoured: true, columns: 80 });
  expect(
    table([
      ['a', 'long', 'x'],
      [`${red}bcd${reset}`, 'y', ''],
    ]),
  ).toBe(`a    long  x\n${red}bcd${reset}  y`);
});

test.each([
  [{ isTerminal: true }, true],
  [{ isTerminal: false }, false],
  [{ isTerminal: true, noColor: true }, false],
  [{ isTerminal: true, env: { NO_COLOR: '1' } }, false],
  [{ isTerminal: true, env: { NO_COLOR: '' } }, true],
  [{ isTerminal: true, env: { TERM: 'dumb' } }, false],
  [{ isTerminal: false, env: { FORCE_COLOR: '1' } }, true],
  [{ isTerminal: true, env: { FORCE_COLOR: '0' } }, false],
  [{ isTerminal: true, noColor: true, env: { FORCE_COLOR: '1' } }, false],
])('colours are wanted or not: %j', (given, wanted) => {
  expect(wantsColour({ noColor: false, env: {}, ...given })).toBe(wanted);
});
