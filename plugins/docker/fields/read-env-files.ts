import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { EnvFile } from 'devservices/runner';
import type { Refuse } from './field-error.ts';
import { listOf } from './field-values.ts';
import { parseEnvFile } from './parse-env-file.ts';

/**
 * The variables of `NAME=value` files, later files over earlier ones. Throws DS_DOCKER_FIELD_INVALID
 * for a file that can not be read, or a line that is no variable (by number: it may hold a secret).
 */
export function readEnvFiles(
  files: string | readonly (string | EnvFile)[],
  { field = 'envFile', root, refuse }: { field?: string; root: string; refuse: Refuse },
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const given of listOf<string | EnvFile>(files)) {
    const file: EnvFile = typeof given === 'string' ? { path: given } : given;
    const { path, required = true, format } = file;
    const problem = (why: string) => refuse(field, `names ${path}, ${why}`);
    const text = readText(resolve(root, path), { required, problem });
    const found = format === 'raw' ? parseRaw(text) : parseEnvFile(text);
    if ('line' in found) throw problem(`whose line ${found.line} is not NAME=value`);
    Object.assign(variables, found.variables);
  }
  return variables;
}

function readText(
  path: string,
  { required, problem }: { required: boolean; problem: (why: string) => Error },
): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !required) return '';
    const why = code === 'ENOENT' ? 'does not exist' : `can not be read (${code ?? 'unknown'})`;
    throw problem(`which ${why}`);
  }
}

// As `docker run --env-file` reads them: a value is all that follows.
function parseRaw(text: string): ReturnType<typeof parseEnvFile> {
  const variables: Record<string, string> = {};
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ''] = /^\s*([^\s=]+)=([^]*)$/.exec(line) ?? [];
    if (name === undefined) return { line: index + 1 };
    variables[name] = value;
  }
  return { variables };
}
