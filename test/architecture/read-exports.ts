import { readFileSync } from 'node:fs';
import { join } from 'node:path/posix';
import { parseSource } from './read-sources.ts';

export interface PublicName {
  name: string;
  /** Where it is declared, or the package that it comes from. */
  from: string;
  isDocumented: boolean;
}

interface Declaration {
  type: string;
  id?: { name: string };
  declarations?: { id: { name: string } }[];
}

interface Statement {
  type: string;
  source?: { value: string } | null;
  specifiers?: { local: { name: string }; exported: { name: string } }[];
  declaration?: Declaration | null;
  leadingComments?: { type: string; value: string }[];
}

/** Every name that a module exports, followed to where it is declared. */
export function readExports(path: string): PublicName[] {
  const statements = statementsOf(path);
  return statements.flatMap((statement): PublicName[] => {
    const { type, source, specifiers = [] } = statement;
    if (type === 'ExportAllDeclaration') return readExports(join(path, '..', source?.value ?? ''));
    if (type !== 'ExportNamedDeclaration') return [];
    const isDocumented = (statement.leadingComments ?? []).some(({ value }) =>
      value.startsWith('*'),
    );
    const own = namesOf(statement.declaration).map((name) => ({ name, from: path, isDocumented }));
    return [
      ...own,
      ...specifiers.map(({ local, exported }) =>
        follow(path, source?.value, local.name, exported.name),
      ),
    ];
  });
}

function follow(path: string, from: string | undefined, local: string, name: string): PublicName {
  if (from === undefined || !from.startsWith('.')) {
    return { name, from: from ?? path, isDocumented: from !== undefined };
  }
  const found = readExports(join(path, '..', from)).find((one) => one.name === local);
  if (!found) throw new Error(`${path} exports ${local} from ${from}, which has no such export.`);
  return { ...found, name };
}

function statementsOf(path: string): Statement[] {
  return parseSource(readFileSync(path, 'utf8')).program.body as unknown as Statement[];
}

function namesOf(declaration: Declaration | null | undefined): string[] {
  if (!declaration) return [];
  if (declaration.id) return [declaration.id.name];
  return (declaration.declarations ?? []).map(({ id }) => id.name);
}
