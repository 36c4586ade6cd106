const escape = '\u001B';
const bell = '\u0007';
// Sequences of ECMA-48: CSI, OSC up to its end, and those of two characters.
const sequences = new RegExp(
  [
    `(?:${escape}\\[|\u009B)[0-?]*[ -/]*[@-~]`,
    `${escape}\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)`,
    `${escape}[@-Z\\\\^_]`,
  ].join('|'),
  'g',
);
const colour = new RegExp(`(${escape}\\[[\\d;]*m)`);
// Scripts and signs that take two columns in a terminal.
const wide =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;
const combining = /^(?:\p{Mn}|\p{Me}|\u200B|\u200C|\u200D|\uFE0E|\uFE0F)$/u;

/** How many columns a text takes in a terminal; colours take none. */
export function widthOf(text: string): number {
  return Array.from(text.replaceAll(sequences, '')).reduce(
    (sum, char) => sum + widthOfChar(char),
    0,
  );
}

/** The text cut to a width, with an ellipsis where something was cut; colours are closed again. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let result = '';
  let used = 0;
  let isColoured = false;
  for (const part of text.split(colour)) {
    if (part.startsWith(escape)) {
      isColoured = true;
      result += part;
      continue;
    }
    for (const char of part) {
      if (used + widthOfChar(char) > width - 1) {
        return `${result}${width > 0 ? '…' : ''}${isColoured ? `${escape}[0m` : ''}`;
      }
      result += char;
      used += widthOfChar(char);
    }
  }
  return result;
}

/** Lines at most as wide, broken between words; a word that is wider stays whole. */
export function wrapWords(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || widthOf(last) + 1 + widthOf(word) > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** The text filled up with spaces to a width. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** A text from outside on one line, without anything that could move a cursor or colour what follows. */
export function plainLine(text: string): string {
  return text
    .replaceAll(sequences, '')
    .replaceAll(/[\t\r\n]+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '');
}

/** A line from outside with its colours, closed again, but without what moves the cursor. */
export function colouredLine(text: string): string {
  const parts = text.split(colour).map((part, index) => (index % 2 === 1 ? part : keepTabs(part)));
  return parts.length > 1 ? `${parts.join('')}${escape}[0m` : parts.join('');
}

const keepTabs = (text: string): string => text.split('\t').map(plainLine).join('\t');

function widthOfChar(char: string): number {
  if (combining.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}
