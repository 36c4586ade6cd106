import { type Constants, isNode, nodesOf, type SyntaxNode, unwrap } from './read-literal.ts';

/** What a module exports by default, with what is needed to read it. */
export interface DefaultExport {
  readonly expression: SyntaxNode;
  readonly constants: Constants;
  /** Local name of an import → the name that it has where it comes from. */
  readonly names: ReadonlyMap<string, string>;
  /** What the module imports from. */
  readonly imports: readonly string[];
}

/** Parses a module and finds the expression of its default export, `module.exports` included. */
export async function findDefaultExport(
  text: string,
): Promise<DefaultExport | 'unreadable' | undefined> {
  const statements = await parseStatements(text);
  if (statements === undefined) return 'unreadable';
  const constants = collectConstants(statements);
  const expression = exportedExpression(statements);
  if (expression === undefined) return undefined;
  const plain = unwrap(expression);
  const target = plain.type === 'Identifier' ? constants.get(String(plain['name'])) : plain;
  if (target === undefined) return undefined;
  return {
    expression: unwrap(target),
    constants,
    names: collectNames(statements),
    imports: collectImports(statements),
  };
}

async function parseStatements(text: string): Promise<SyntaxNode[] | undefined> {
  // Imported here: a listing from the cache does not need it.
  const { parse } = await import('@babel/parser');
  try {
    const { program } = parse(text, {
      sourceType: 'module',
      plugins: ['typescript', 'explicitResourceManagement'],
      errorRecovery: true,
      allowReturnOutsideFunction: true,
    });
    return nodesOf(program.body);
  } catch {
    return undefined;
  }
}

function exportedExpression(statements: readonly SyntaxNode[]): SyntaxNode | undefined {
  for (const statement of statements) {
    const { declaration, specifiers, expression } = statement;
    if (statement.type === 'ExportDefaultDeclaration' && isNode(declaration)) return declaration;
    if (statement.type === 'TSExportAssignment' && isNode(expression)) return expression;
    if (statement.type === 'ExportNamedDeclaration') {
      const found = nodesOf(specifiers).find(({ exported }) => nameOf(exported) === 'default');
      if (found && isNode(found['local'])) return found['local'];
    }
    if (isNode(expression) && expression.type === 'AssignmentExpression') {
      const { left, right } = expression;
      const isModule = isNode(left) && isNode(left['object']);
      if (isModule && nameOf(left['object']) === 'module' && isNode(right)) return right;
    }
  }
  return undefined;
}

function collectConstants(statements: readonly SyntaxNode[]): Constants {
  const declarations = statements
    .map((statement) => (isNode(statement['declaration']) ? statement['declaration'] : statement))
    .filter(({ type, kind }) => type === 'VariableDeclaration' && kind === 'const')
    .flatMap((declaration) => nodesOf(declaration['declarations']));
  return new Map(
    declarations.flatMap(({ id, init }) => {
      const name = nameOf(id);
      return name !== undefined && isNode(init) ? [[name, init] as const] : [];
    }),
  );
}

function collectNames(statements: readonly SyntaxNode[]): ReadonlyMap<string, string> {
  const specifiers = statements
    .filter(({ type }) => type === 'ImportDeclaration')
    .flatMap((statement) => nodesOf(statement['specifiers']));
  return new Map(
    specifiers.flatMap(({ local, imported }) => {
      const [from, to] = [nameOf(local), nameOf(imported)];
      return from !== undefined && to !== undefined ? [[from, to] as const] : [];
    }),
  );
}

function collectImports(statements: readonly SyntaxNode[]): string[] {
  return statements.flatMap(({ source }) => (isNode(source) ? [String(source['value'])] : []));
}

function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  const name = node.type === 'StringLiteral' ? node['value'] : node['name'];
  return typeof name === 'string' ? name : undefined;
}
