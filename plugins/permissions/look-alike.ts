// Small letters of other alphabets that look like Latin ones, in the order of these.
const others = 'аαвβсԁеεһнհіιյјкκмоοօрρզԛѕтτυսνѵԝхχуγ';
const latin = 'aabbcdeehhhiijjkkmoooppqqsttuuvvwxxyy';

const looks = new Map(Array.from(others, (letter, index) => [letter, latin.charAt(index)]));

/** Whether two names that are not the same look so: a whole name may be of letters that mislead. */
export function looksLike(one: string, other: string): boolean {
  return keyOf(one) !== keyOf(other) && looksOf(one) === looksOf(other);
}

const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase();

/** Accents stay: they look the same on letters that do. */
function looksOf(name: string): string {
  const letters = Array.from(name.normalize('NFKD').toLowerCase());
  return letters.map((letter) => looks.get(letter) ?? letter).join('');
}
