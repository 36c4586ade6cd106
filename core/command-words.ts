/**
 * Splits a command into its arguments as a POSIX shell would, without running or expanding anything:
 * quotes and backslashes mean what they mean there, `$`, `*` and `;` are plain characters.
 * Undefined where a quote is not closed.
 *
 * @example splitCommand(`redis-server --save "" --appendonly 'no'`)
 */
export function splitCommand(text: string): string[] | undefined {
  const args: string[] = [];
  let current: string | undefined;
  let at = 0;
  const add = (piece: string) => (current = (current ?? '') + piece);
  while (at < text.length) {
    const char = text[at] ?? '';
    if (/\s/.test(char)) {
      if (current !== undefined) args.push(current);
      current = undefined;
      at += 1;
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1);
      if (end < 0) return undefined;
      add(text.slice(at + 1, end));
      at = end + 1;
    } else if (char === '"') {
      const quoted = readDoubleQuoted(text, at + 1);
      if (!quoted) return undefined;
      add(quoted.value);
      at = quoted.end;
    } else if (char === '\\') {
      if (at + 1 >= text.length) return undefined;
      // A backslash before a line's end joins the lines.
      if (text[at + 1] !== '\n') add(text[at + 1] ?? '');
      at += 2;
    } else {
      add(char);
      at += 1;
    }
  }
  if (current !== undefined) args.push(current);
  return args;
}

function readDoubleQuoted(text: string, start: number): { value: string; end: number } | undefined {
  let value = '';
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') return { value, end: at + 1 };
    const next = text[at + 1] ?? '';
    if (char === '\\' && '$`"\\\n'.includes(next) && next !== '') {
      value += next === '\n' ? '' : next;
      at += 1;
    } else {
      value += char;
    }
  }
  return undefined;
}
