import type { JsonSchema } from '../plugins/control-api/openapi/api-document.ts';

/** A JSON schema as a TypeScript type, with what it says of each field above it. */
export function renderType(schema: JsonSchema, indent = ''): string {
  const { $ref, type, anyOf, oneOf, enum: values, const: value, items } = schema as Shape;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf('/') + 1);
  if (values) return unionOf(values.map(literal));
  if (value !== undefined) return literal(value);
  const several = anyOf ?? oneOf;
  if (several) return unionOf(several.map((one) => renderType(one, indent)));
  if (Array.isArray(type)) {
    return unionOf(type.map((one) => renderType({ ...schema, type: one }, indent)));
  }
  if (type === 'array') {
    const inner = renderType(items ?? {}, indent);
    return inner.includes(' | ') && !inner.startsWith('{') ? `(${inner})[]` : `${inner}[]`;
  }
  if (type === 'object') return renderObject(schema, indent);
  return type === 'integer' ? 'number' : (type ?? 'unknown');
}

interface Shape {
  $ref?: string;
  type?: string | string[];
  description?: string;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
}

function renderObject(shape: Shape, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = shape;
  const fields = Object.entries(properties);
  if (fields.length === 0) {
    const rest = typeof additionalProperties === 'object' ? additionalProperties : {};
    return `Record<string, ${renderType(rest, indent)}>`;
  }
  const deeper = `${indent}  `;
  const lines = fields.flatMap(([name, field]) => {
    const { description } = field as Shape;
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    return [
      ...(description === undefined || field['$ref'] ? [] : [`${deeper}/** ${description} */`]),
      `${deeper}${key}${required.includes(name) ? '' : '?'}: ${renderType(field, deeper)};`,
    ];
  });
  return ['{', ...lines, `${indent}}`].join('\n');
}

const unionOf = (words: readonly string[]): string => [...new Set(words)].join(' | ');

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
