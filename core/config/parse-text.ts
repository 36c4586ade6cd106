import { configErrors } from '../errors/catalogue/config.ts';
import { reasonOf } from '../errors/as-error.ts';

/** A JSON text's value. Throws DS_CONFIG_MALFORMED with line and column. */
export async function parseJson(file: string, text: string): Promise<unknown> {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const place = await placeOfJsonError(text, reasonOf(error));
    const facts = { file, ...place, text: reasonOf(error) };
    throw configErrors.create('DS_CONFIG_MALFORMED', facts, error);
  }
}

/** A YAML text's value; an empty one is an empty record. Throws DS_CONFIG_MALFORMED with line and column. */
export async function parseYaml(file: string, text: string): Promise<unknown> {
  const yaml = await import('yaml');
  const document = yaml.parseDocument(text, {
    merge: true,
    logLevel: 'silent',
    prettyErrors: true,
  });
  const [error] = document.errors;
  if (error) {
    const { line, col: column } = error.linePos?.[0] ?? { line: 1, col: 1 };
    const facts = {
      file,
      line,
      column,
      text: error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '',
    };
    throw configErrors.create('DS_CONFIG_MALFORMED', facts, error);
  }
  try {
    return document.toJS() ?? {};
  } catch (thrown) {
    // An alias of nothing, or so many that they would fill the memory.
    const facts = { file, line: undefined, column: undefined, text: reasonOf(thrown) };
    throw configErrors.create('DS_CONFIG_MALFORMED', facts, thrown);
  }
}

// Node names a position for some errors only.
async function placeOfJsonError(
  text: string,
  reason: string,
): Promise<{ line: number; column: number }> {
  const position = /at position (\d+)/.exec(reason)?.[1];
  if (position !== undefined) return placeAt(text, Number(position));
  if (/end of JSON/.test(reason)) return placeAt(text, text.trimEnd().length);
  const { parseExpression } = await import('@babel/parser');
  try {
    parseExpression(text);
  } catch (error) {
    const { loc } = error as { loc?: { line: number; column: number } };
    if (loc) return { line: loc.line, column: loc.column + 1 };
  }
  return { line: 1, column: 1 };
}

function placeAt(text: string, position: number): { line: number; column: number } {
  const before = text.slice(0, position).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
