// An index of Postgres takes 2,704 bytes an entry; a character has up to four.
const longest = 255;

/** Why a database cannot keep, or not tell apart, what has that name; undefined where it can. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > longest) return `is longer than ${longest} characters`;
  // Some databases have no such character in a text, or end it there.
  if (name.includes('\0')) return 'has a zero byte in it';
  return name.isWellFormed() ? undefined : 'has half a character in it';
}
