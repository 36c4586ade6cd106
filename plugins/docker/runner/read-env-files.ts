import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Refuse } from './field-error.ts';
import { parseEnvFile } from './parse-env-file.ts';

/**
 * The variables of `NAME=value` files, later files over earlier ones. Throws DS_DOCKER_FIELD_INVALID
 * for a file that can not be read, or a line that is no variable (by number: it may hold a secret).
 */
export function readEnvFiles(
  files: string | readonly string[],
  { root, refuse }: { root: string; refuse: Refuse },
): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const file of typeof files === 'string' ? [files] : files) {
    const text = readText(resolve(root, file), (why) =>
      refuse('envFile', `names ${file}, which ${why}`),
    );
    const found = parseEnvFile(text);
    if ('line' in found) {
      throw refuse('envFile', `names ${file}, whose line ${found.line} is not NAME=value`);
    }
    Object.assign(variables, found.variables);
  }
  return variables;
}

function readText(path: string, refuse: (why: string) => Error): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    throw refuse(code === 'ENOENT' ? 'does not exist' : `can not be read (${code ?? 'unknown'})`);
  }
}
