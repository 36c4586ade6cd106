import { permissionErrors } from './errors.ts';
import { listCharacters } from './names.ts';

const usernameLimit = 150;

/**
 * The username as it is kept (NFC). Throws DS_USER_INVALID unless a user of our own can have it.
 *
 * @example resolveUsername('ada.lovelace') // 'ada.lovelace'
 */
export function resolveUsername(given: string): string {
  const username = given.normalize('NFC');
  const problem = problemOfUsername(username);
  if (problem !== undefined) {
    throw permissionErrors.create('DS_USER_INVALID', { what: 'username', given, problem });
  }
  return username;
}

function problemOfUsername(username: string): string | undefined {
  const characters = Array.from(username);
  if (characters.length === 0) return 'is empty';
  if (characters.length > usernameLimit) {
    return `has ${characters.length} characters, and there is room for ${usernameLimit}`;
  }
  if (/^id:/i.test(username)) return 'begins with "id:", by which users are named by their ids';
  const strange = characters.filter(
    (character) => !/[\p{L}\p{M}0-9._@+-]/u.test(character) || /\p{DI}/u.test(character),
  );
  if (strange.length > 0) return `has ${listCharacters(strange)}, which no username has`;
  const loose = /(?<![\p{L}\p{M}])\p{M}/u.exec(username)?.[0];
  if (loose !== undefined) return `has ${listCharacters([loose])} behind no letter`;
  const compatible = characters.filter((character) => character.normalize('NFKC') !== character);
  const plain = username.normalize('NFKC');
  if (plain !== username) {
    return `has ${listCharacters(compatible) || 'characters'}, another way to write "${plain}"`;
  }
  return problemOfScripts(characters.filter((character) => /[\p{L}\p{M}]/u.test(character)));
}

// Scripts in everyday use; letters of others, Cherokee's for one, are made to look like Latin ones.
const scripts = (
  'Latin Greek Cyrillic Armenian Hebrew Arabic Thaana Devanagari Bengali Gurmukhi Gujarati Oriya ' +
  'Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Ethiopic Khmer ' +
  'Han Hiragana Katakana Hangul Bopomofo'
).split(' ');

// Those that are written together count as one.
const writings = [
  ...scripts.map((script) => [script]),
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Hangul'],
  ['Han', 'Bopomofo'],
];

const patterns = new Map<string, RegExp>();

/** Marks that go with any letter count as of each script. */
function isOf(script: string, character: string): boolean {
  const pattern = patterns.get(script) ?? new RegExp(`\\p{scx=${script}}|\\p{scx=Inherited}`, 'u');
  patterns.set(script, pattern);
  return pattern.test(character);
}

function problemOfScripts(letters: readonly string[]): string | undefined {
  // By far the most names, without a look at what else there is.
  if (letters.every((letter) => letter <= '\u007f')) return undefined;
  const fits = (writing: readonly string[]) =>
    letters.every((letter) => writing.some((script) => isOf(script, letter)));
  if (writings.some(fits)) return undefined;
  const known = scripts.find((script) => isOf(script, letters[0] ?? ''));
  if (known === undefined) return `has ${listCharacters(letters.slice(0, 1))}, of a rare script`;
  const main = mostOf(letters);
  const others = letters.filter((letter) => !isOf(main, letter));
  const other = scripts.find((script) => isOf(script, others[0] ?? ''));
  return `mixes letters of ${main} with ${listCharacters(others)} of ${other ?? 'another script'}`;
}

/** The script of most letters: those of the others are likely to be the odd ones. */
function mostOf(letters: readonly string[]): string {
  const countOf = (script: string) => letters.filter((letter) => isOf(script, letter)).length;
  return scripts.reduce((best, script) => (countOf(script) > countOf(best) ? script : best));
}
