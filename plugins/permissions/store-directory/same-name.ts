/** What is unique of a username or an e-mail address, whatever its case. */
export function keyOf(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/**
 * Whether two names differ in nothing but case. Both cases are compared: in one alone, some letters
 * fall together with another one (U+212A with k, U+0131 with i), and somebody else would be found.
 */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase() && one.toUpperCase() === other.toUpperCase();
}
