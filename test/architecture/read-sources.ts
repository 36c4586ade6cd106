import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { parse, type ParseResult } from '@babel/parser';

export interface Source {
  /** From the repo's top, with `/`. */
  path: string;
  text: string;
  imports: readonly Import[];
}

export interface Import {
  specifier: string;
  /** The file of this repo that it names by a relative path. */
  target: string | undefined;
  /** `import('…')` at run time: when it is needed, if ever. */
  isLate: boolean;
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

/** Files of the repo as git sees them, new ones included. */
export function listFiles(...folders: readonly string[]): string[] {
  // The owner of a checkout in CI is often somebody else.
  const flags = ['-c', 'safe.directory=*', 'ls-files', '-co', '--exclude-standard', '-z', '--'];
  const found = execFileSync('git', [...flags, ...folders], { encoding: 'utf8' });
  return found.split('\0').filter((path) => path !== '' && existsSync(path));
}

/** Sources with what each imports: types, re-exports and late imports included. */
export function readSources(...folders: readonly string[]): Source[] {
  return listFiles(...folders)
    .filter((path) => path.endsWith('.ts') && !path.includes('/fixtures/'))
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      return { path, text, imports: importsOf(path, text) };
    });
}

export function parseSource(text: string, options: { tokens?: boolean } = {}): ParseResult {
  return parse(text, { sourceType: 'module', plugins: ['typescript'], ...options });
}

function importsOf(path: string, text: string): Import[] {
  const { program } = parseSource(text);
  const found = (program.body as unknown as Node[]).flatMap((statement) => {
    const from = statement['source'] as { value: string } | null | undefined;
    return from ? [{ specifier: from.value, isLate: false }] : [];
  });
  // To look at every node costs as much as to parse: most files have none of these.
  if (/\bimport\(/.test(text)) collectLate(program, found);
  return found.map(({ specifier, isLate }) => ({
    specifier,
    isLate,
    target: specifier.startsWith('.') ? join(path, '..', specifier) : undefined,
  }));
}

function collectLate(value: unknown, found: { specifier: string; isLate: boolean }[]): void {
  if (Array.isArray(value)) {
    for (const one of value) collectLate(one, found);
    return;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return;
  const node = value as Node;
  const isCall = node.type === 'CallExpression' && (node['callee'] as Node).type === 'Import';
  const named = isCall ? (node['arguments'] as Node[])[0] : node['argument'];
  if (isCall || node.type === 'TSImportType') {
    const specifier = (named as { value?: unknown } | undefined)?.value;
    if (typeof specifier === 'string') found.push({ specifier, isLate: isCall });
  }
  for (const [key, child] of Object.entries(node)) {
    if (key !== 'loc' && !key.endsWith('Comments')) collectLate(child, found);
  }
}
