import { createRequire } from 'node:module';
import type * as Babel from '@babel/parser';
import type { SourceNode } from './source-node.ts';

const require = createRequire(import.meta.url);

/** As much of an ESTree-like node as is looked at. */
interface Syntax {
  type: string;
  loc?: { start: { line: number } };
  [field: string]: unknown;
}

/** The places of the values that a module exports by default; undefined where it exports none. */
export function parseModuleSource(text: string): SourceNode | undefined {
  // Only errors and `--origin` need this, and they cannot wait for an import.
  const { parse } = require('@babel/parser') as typeof Babel;
  const program = parse(text, {
    sourceType: 'module',
    plugins: ['typescript'],
    errorRecovery: true,
    allowReturnOutsideFunction: true,
  }).program as unknown as { body: Syntax[] };
  const names = constantsOf(program.body);
  const exported = exportedBy(program.body, names);
  return exported && nodeOf(exported, lineOf(exported), names);
}

type Names = ReadonlyMap<string, Syntax>;

function nodeOf(syntax: Syntax, line: number, names: Names): SourceNode {
  return { line, child: (key) => childOf(syntax, key, names) };
}

function childOf(wrapped: Syntax, key: string, names: Names): SourceNode | undefined {
  const syntax = unwrap(wrapped, names);
  switch (syntax.type) {
    case 'ObjectExpression':
      return propertyOf(list(syntax['properties']), key, names);
    case 'ArrayExpression': {
      const item = list(syntax['elements'])[Number(key)];
      return item && nodeOf(item, lineOf(item), names);
    }
    // container({…}), defineConfig({…}), ready.http(path, {…}): what is in their records is theirs.
    case 'CallExpression':
    case 'NewExpression':
      return firstOf(list(syntax['arguments']).toReversed(), (argument) =>
        unwrap(argument, names).type === 'ObjectExpression'
          ? childOf(argument, key, names)
          : undefined,
      );
    default:
      return undefined;
  }
}

// The last of equal keys counts, as it does when the module runs.
function propertyOf(properties: Syntax[], key: string, names: Names): SourceNode | undefined {
  return firstOf(properties.toReversed(), (property) => {
    if (property.type === 'SpreadElement') {
      return childOf(property['argument'] as Syntax, key, names);
    }
    const name = property['key'] as Syntax;
    const isNamed = property['computed'] !== true || name.type === 'StringLiteral';
    if (!isNamed || String(name['name'] ?? name['value']) !== key) return undefined;
    return nodeOf((property['value'] ?? property) as Syntax, lineOf(name), names);
  });
}

function unwrap(syntax: Syntax, names: Names, depth = 0): Syntax {
  const inner =
    syntax.type === 'Identifier'
      ? names.get(String(syntax['name']))
      : wrappers.has(syntax.type)
        ? ((syntax['expression'] ?? syntax['argument']) as Syntax | undefined)
        : undefined;
  return inner === undefined || depth > 20 ? syntax : unwrap(inner, names, depth + 1);
}

const wrappers = new Set([
  'TSSatisfiesExpression',
  'TSAsExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'ParenthesizedExpression',
  'AwaitExpression',
]);

function constantsOf(body: Syntax[]): Names {
  const declarations = body.map((each) =>
    each.type === 'ExportNamedDeclaration'
      ? ((each['declaration'] as Syntax | null) ?? each)
      : each,
  );
  return new Map(
    declarations
      .filter(({ type }) => type === 'VariableDeclaration')
      .flatMap((each) => list(each['declarations']))
      .flatMap((each) => {
        const name = (each['id'] as Syntax)['name'];
        return typeof name === 'string' && each['init'] ? [[name, each['init'] as Syntax]] : [];
      }),
  );
}

function exportedBy(body: Syntax[], names: Names): Syntax | undefined {
  return firstOf(body, (each) => {
    if (each.type === 'ExportDefaultDeclaration') return each['declaration'] as Syntax;
    if (each.type === 'ExportNamedDeclaration') {
      const named = list(each['specifiers']).find(
        (specifier) => (specifier['exported'] as Syntax | undefined)?.['name'] === 'default',
      );
      return named && names.get(String((named['local'] as Syntax | undefined)?.['name']));
    }
    if (each.type !== 'ExpressionStatement') return undefined;
    const assignment = each['expression'] as Syntax;
    const left = assignment['left'] as Syntax | undefined;
    const isModuleExports =
      assignment.type === 'AssignmentExpression' &&
      (left?.['object'] as Syntax | undefined)?.['name'] === 'module' &&
      (left?.['property'] as Syntax | undefined)?.['name'] === 'exports';
    return isModuleExports ? (assignment['right'] as Syntax) : undefined;
  });
}

const lineOf = (syntax: Syntax): number => syntax.loc?.start.line ?? 1;

const list = (value: unknown): Syntax[] =>
  Array.isArray(value) ? value.filter((each): each is Syntax => each !== null) : [];

function firstOf<Item, Found>(
  items: readonly Item[],
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
