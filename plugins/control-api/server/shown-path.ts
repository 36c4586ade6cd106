const maxChars = 200;

/** A request's path as logs may have it: no query, no token, no character that acts on a terminal. */
export function shownPath(target: string, token: string): string {
  // A whole URL may have a password in it.
  if (!target.startsWith('/')) return '-';
  const [path = ''] = target.split(/[?#]/, 1);
  return path
    .replaceAll(token, '…')
    .replaceAll(/dst_[\w-]+/g, '…')
    .replaceAll(/[^\x20-\x7e…]/g, '?')
    .slice(0, maxChars);
}
