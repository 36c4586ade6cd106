const words: ReadonlySet<string> = new Set(
  'accesstoken apikey apitoken auth authorization authtoken bearer idtoken jwt token'.split(' '),
);
// As tools' tokens look.
const toolToken = /dst_[\w-]{20}/;

/**
 * Whether a request's target has a token in it, or a word that asks for one: URLs are kept in histories
 * and logs, and told to others.
 *
 * @example hasTokenInUrl('/api/0/services?access_token=x', own); // true
 */
export function hasTokenInUrl(target: string, own: string): boolean {
  const plain = decoded(target);
  if (plain.includes(own) || toolToken.test(plain)) return true;
  const [, ...query] = target.split('?');
  return [...new URLSearchParams(query.join('?'))].some(
    ([name, value]) =>
      words.has(name.toLowerCase().replace(/[^a-z]/g, '')) || /^\s*bearer\s/i.test(value),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
