/** A node of a syntax tree, as far as literals are concerned. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Stands where a value is computed, so that it is known only by running the file. */
export const computed = Symbol('computed');

export type Literal =
  | string
  | number
  | boolean
  | null
  | typeof computed
  | readonly Literal[]
  | { readonly [key: string]: Literal };

/** Gives the expression that a top-level `const` of the file stands for. */
export type Constants = ReadonlyMap<string, SyntaxNode>;

// `const a = [a]` and the like must end.
const maxDepth = 30;

/** The value of an expression that is written out; `computed` wherever it is not. */
export function readLiteral(node: unknown, constants: Constants, depth = 0): Literal {
  const read = (child: unknown) => readLiteral(child, constants, depth + 1);
  if (!isNode(node) || depth > maxDepth) return computed;
  const plain = unwrap(node);
  switch (plain.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral':
      return plain['value'] as Literal;
    case 'NullLiteral':
      return null;
    case 'TemplateLiteral':
      return joinTexts(interleave(plain).map((part) => (isNode(part) ? read(part) : part)));
    case 'BinaryExpression':
      return plain['operator'] === '+'
        ? joinTexts([read(plain['left']), read(plain['right'])])
        : computed;
    case 'ArrayExpression':
      return nodesOf(plain['elements']).flatMap((element) => {
        if (element.type !== 'SpreadElement') return [read(element)];
        const spread = read(element['argument']);
        return Array.isArray(spread) ? (spread as Literal[]) : [computed];
      });
    case 'ObjectExpression':
      return readObject(plain, read);
    case 'MemberExpression':
      return readMember(plain, read);
    case 'Identifier':
      return read(constants.get(String(plain['name'])));
    default:
      return computed;
  }
}

/** The expression without `as const`, `satisfies`, `!` and parentheses around it. */
export function unwrap(node: SyntaxNode): SyntaxNode {
  const around = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];
  const isAround = around.includes(node.type) || node.type === 'ParenthesizedExpression';
  return isAround && isNode(node['expression']) ? unwrap(node['expression']) : node;
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

export function nodesOf(value: unknown): SyntaxNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of a property or of a method that is not computed. */
export function keyOf(member: SyntaxNode): string | undefined {
  const { key } = member;
  if (member['computed'] === true || !isNode(key)) return undefined;
  if (key.type === 'Identifier') return String(key['name']);
  return key.type === 'StringLiteral' ? String(key['value']) : undefined;
}

function readObject(node: SyntaxNode, read: (child: unknown) => Literal): Literal {
  const fields = new Map<string, Literal>();
  for (const member of nodesOf(node['properties'])) {
    if (member.type === 'SpreadElement') {
      const spread = read(member['argument']);
      const isKnown = typeof spread === 'object' && spread !== null && !Array.isArray(spread);
      // What is spread over the fields before it may replace any of them.
      if (isKnown) for (const [key, value] of Object.entries(spread)) fields.set(key, value);
      else for (const key of fields.keys()) fields.set(key, computed);
      continue;
    }
    const key = keyOf(member);
    if (key !== undefined && key !== '__proto__') fields.set(key, read(member['value']));
  }
  return Object.fromEntries(fields);
}

function readMember(node: SyntaxNode, read: (child: unknown) => Literal): Literal {
  const of = read(node['object']);
  const { property } = node;
  if (node['computed'] === true || !isNode(property) || property.type !== 'Identifier') {
    return computed;
  }
  const name = String(property['name']);
  const isRecord = typeof of === 'object' && of !== null && !Array.isArray(of);
  const field =
    isRecord && Object.hasOwn(of, name) ? (of as { [key: string]: Literal })[name] : computed;
  return field ?? computed;
}

function interleave(template: SyntaxNode): (string | SyntaxNode)[] {
  const expressions = nodesOf(template['expressions']);
  return nodesOf(template['quasis']).flatMap((quasi, index) => {
    const { cooked } = quasi['value'] as { cooked?: string };
    const after = expressions[index];
    return [cooked ?? '', ...(after === undefined ? [] : [after])];
  });
}

function joinTexts(parts: readonly Literal[]): Literal {
  const isText = parts.every((part) => typeof part === 'string' || typeof part === 'number');
  return isText ? parts.join('') : computed;
}
