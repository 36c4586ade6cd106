/**
 * Reads `NAME=value` lines as Compose does: `export`, `#` comments (after a space), single quotes
 * (literal) and double quotes (`\n`, `\t`, `\"`), both over several lines. Nothing is expanded: a `$` is
 * a `$`. `{ line }` is the first line that is none of this; its text may hold a secret.
 */
export function parseEnvFile(
  text: string,
): { variables: Record<string, string> } | { line: number } {
  const variables: Record<string, string> = {};
  const source = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  let at = 0;
  while (at < source.length) {
    const found = readVariable(source, at) ?? readNothing(source, at);
    if (!found) return { line: source.slice(0, at).split('\n').length };
    if (found.name !== undefined) variables[found.name] = found.value;
    at = found.end;
  }
  return { variables };
}

interface Found {
  name?: string;
  value: string;
  end: number;
}

const variable =
  /[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*=[ \t]*(?:'((?:\\'|[^'])*)'(?=[ \t]*(?:[ \t]#.*)?(?:\n|$))|"((?:\\[^]|[^"\\])*)"(?=[ \t]*(?:[ \t]#.*)?(?:\n|$))|(?!['"])(.*))/y;

function readVariable(source: string, at: number): Found | undefined {
  variable.lastIndex = at;
  const match = variable.exec(source);
  if (!match) return undefined;
  const [, name, single, double, plain] = match;
  const value = single?.replaceAll("\\'", "'") ?? unescape(double) ?? withoutComment(plain ?? '');
  return {
    ...(name === undefined ? {} : { name }),
    value,
    end: endOfLine(source, variable.lastIndex),
  };
}

function readNothing(source: string, at: number): Found | undefined {
  const end = endOfLine(source, at);
  return /^\s*(#|$)/.test(source.slice(at, end)) ? { value: '', end } : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unescape(text: string | undefined): string | undefined {
  return text?.replace(/\\([nrt"\\$])/g, (_, char: string) => escapes[char] ?? char);
}

function withoutComment(text: string): string {
  return text.replace(/(^|[ \t])#.*$/, '').trim();
}

function endOfLine(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end + 1;
}
