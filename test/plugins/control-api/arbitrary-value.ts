import fc from 'fast-check';
import type { ApiDocument, JsonSchema } from '../../../plugins/control-api/openapi/api-document.ts';

interface Shape {
  $ref?: string;
  type?: string | string[];
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
}

/** Values that fit a schema of the document, but for patterns and formats. */
export function fittingValue(
  schema: JsonSchema,
  document: ApiDocument,
  depth = 0,
): fc.Arbitrary<unknown> {
  const inner = (one: JsonSchema = {}) => fittingValue(one, document, depth + 1);
  const shape = schema as Shape;
  if (shape.$ref) {
    const name = shape.$ref.split('/').at(-1) ?? '';
    return depth > 6 ? fc.constant(null) : inner(document.components.schemas[name]);
  }
  if (shape.enum) return fc.constantFrom(...shape.enum);
  if ('const' in shape) return fc.constant(shape.const);
  if (shape.anyOf) return fc.oneof(...shape.anyOf.map(inner));
  const type = Array.isArray(shape.type) ? (shape.type[0] ?? '') : (shape.type ?? '');
  switch (type) {
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'integer':
    case 'number':
      return fc.integer({
        min: Math.max(shape.minimum ?? -100, -(2 ** 31)),
        max: Math.min(shape.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1),
      });
    case 'string':
      return words(shape.minLength ?? 0, Math.min(shape.maxLength ?? 40, 40));
    case 'array':
      return fc.array(inner(shape.items), { minLength: shape.minItems ?? 0, maxLength: 3 });
    case 'object':
      return shape.properties
        ? fc.record(
            Object.fromEntries(
              Object.entries(shape.properties).map(([name, one]) => [name, inner(one)]),
            ),
            { requiredKeys: shape.required ?? [] },
          )
        : fc.dictionary(words(1, 10), inner(shape.additionalProperties as JsonSchema), {
            maxKeys: 3,
          });
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Values of any kind: of which few fit anything. */
export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    '__proto__',
    'constructor',
    '../../etc/passwd',
    "'; drop table devservices_user; --",
    '\u0000',
    '\uD800',
    'a'.repeat(5000),
    -1,
    1e308,
    2 ** 53,
    '',
    ' ',
    null,
    [],
    {},
    { __proto__: null, constructor: { prototype: 1 } },
  ),
);

// Names that are there are worth more than any others: what is behind the checks is reached by them.
const known = [
  'db',
  'spare',
  'full',
  'bare',
  'mail.from',
  'services.write',
  'users.admin',
  'id:1',
  '1',
  'PLAIN',
];

function words(min: number, max: number): fc.Arbitrary<string> {
  const fitting = known.filter(({ length }) => length >= min && length <= max);
  const any = fc.string({ minLength: min, maxLength: Math.max(min, max), unit: 'grapheme' });
  return fitting.length > 0 ? fc.oneof(any, fc.constantFrom(...fitting)) : any;
}
