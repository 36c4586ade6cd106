// What people and browsers encode in a path anyway.
const unsafe = /[^\x21-\x7e]|["#<>\\^`{|}]/;
// "/", "\", ".", control characters, and what is encoded twice: two readers could take each differently.
const ambiguous = /%(?:2f|5c|2e|25[0-9a-f]{2}|[01][0-9a-f]|7f)/i;

/**
 * What is wrong with the path of a request as it stood on the wire, so that whoever reads it reads the
 * same; undefined of a good one.
 *
 * @example findPathProblem('/api/0/../x'); // 'has a "." or ".." for a segment'
 */
export function findPathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'does not begin with "/"';
  if (unsafe.test(path)) return 'has a character that has to be encoded';
  if (path.includes('//')) return 'has an empty segment';
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) {
    return 'has a "." or ".." for a segment';
  }
  if (ambiguous.test(path)) return 'encodes a character that has no place in a segment';
  return isEncodedWell(path) ? undefined : 'is not encoded as UTF-8';
}

function isEncodedWell(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
