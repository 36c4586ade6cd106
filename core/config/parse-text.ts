import { reasonOf } from '../errors/as-error.ts';
import { configErrors } from '../errors/catalogue/config.ts';

/** A JSON text's value. Throws DS_CONFIG_MALFORMED with line and column. */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = reasonOf(error);
    const place = placeAt(text, positionOf(text, reason));
    // Node quotes the text around it, which may be a secret.
    const facts = {
      file,
      ...place,
      text: reason.replace(/^(Unexpected token '[^]+?'), .*$/s, '$1'),
    };
    throw configErrors.create('DS_CONFIG_MALFORMED', facts, error);
  }
}

/** A YAML text's value; an empty one is an empty record. Throws DS_CONFIG_MALFORMED with line and column. */
export async function parseYaml(file: string, text: string): Promise<unknown> {
  const { LineCounter, parseDocument, visit } = await import('yaml');
  const counter = new LineCounter();
  const document = parseDocument(text, { merge: true, logLevel: 'silent', lineCounter: counter });
  const malformed = (reason: string, offset: number, cause: unknown): Error => {
    const { line, col } = counter.linePos(offset);
    const plain = reason.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? reason;
    const facts = { file, line, column: col, text: plain };
    return configErrors.create('DS_CONFIG_MALFORMED', facts, cause);
  };
  const [error] = document.errors;
  if (error) throw malformed(error.message, error.pos[0], error);
  try {
    return document.toJS() ?? {};
  } catch (thrown) {
    // An alias of nothing, or so many that they would fill the memory.
    let offset = 0;
    visit(document, {
      Alias(_, alias) {
        if (alias.resolve(document) !== undefined) return undefined;
        offset = alias.range?.[0] ?? 0;
        return visit.BREAK;
      },
    });
    throw malformed(reasonOf(thrown), offset, thrown);
  }
}

// Node tells the position of some errors only: for others it is where the text first cannot be continued.
function positionOf(text: string, reason: string): number {
  const told = /at position (\d+)/.exec(reason)?.[1];
  if (told !== undefined) return Number(told);
  if (isUnfinished(text)) return text.trimEnd().length;
  let good = 0;
  let bad = text.length;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (isUnfinished(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

function isUnfinished(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const reason = reasonOf(error);
    const told = /at position (\d+)/.exec(reason)?.[1];
    const isAtEnd = told !== undefined && Number(told) >= text.length;
    return isAtEnd || /end of JSON|Unterminated/.test(reason);
  }
}

function placeAt(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
