/** Below which every route is. */
export const prefix = '/api/0';

/** Whether an address is one of the API, by its segments. */
export function isApiPath(pathname: string): boolean {
  return pathname === prefix || pathname.startsWith(`${prefix}/`);
}

/** The words in braces, in order. */
export function wordsOf(path: string): readonly string[] {
  return path
    .split('/')
    .map((segment) => wordOf(segment))
    .filter((word) => word !== undefined);
}

/** The word that a segment of a route stands for: `name` of `{name}`. */
export function wordOf(segment: string): string | undefined {
  return /^\{(.*)\}$/.exec(segment)?.[1];
}

/** What the words of a route are in an address, still encoded; undefined where it is not that route's. */
export function matchPath(path: string, pathname: string): Record<string, string> | undefined {
  const expected = `${prefix}${path}`.split('/');
  const given = pathname.split('/');
  if (expected.length !== given.length) return undefined;
  const found: [string, string][] = [];
  for (const [index, segment] of expected.entries()) {
    const value = given[index] ?? '';
    const word = wordOf(segment);
    if (word === undefined ? segment !== value : value === '') return undefined;
    if (word !== undefined) found.push([word, value]);
  }
  return Object.fromEntries(found);
}

/** The same for all routes that answer the same addresses: `/services/{}`. */
export function shapeOf(path: string): string {
  return path.replaceAll(/\{[^/]*\}/g, '{}');
}
