import { z } from 'devservices';

/** What a schema takes, in words: `a whole number from 1 to 65535`. */
export function describeExpected(schema: z.ZodType): string {
  try {
    return describe(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  } catch {
    // Of another zod, or one that refers to itself.
    return 'what its schema takes';
  }
}

interface JsonSchema {
  type?: string | readonly string[];
  enum?: readonly unknown[];
  const?: unknown;
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  format?: string;
  minimum?: number;
  maximum?: number;
}

const names: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  object: 'an object',
};

function describe(schema: JsonSchema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(describe))].join(', or ');
  if (schema.enum) return `one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`;
  if ('const' in schema) return JSON.stringify(schema.const);
  const { type = '', format } = schema;
  if (typeof type !== 'string') {
    return [...new Set(type.map((one) => describe({ ...schema, type: one })))].join(', or ');
  }
  if (type === 'string') return format === undefined ? 'a text' : `a text (${format})`;
  if (type === 'number') return `a number${rangeOf(schema)}`;
  if (type === 'integer') return `a whole number${rangeOf(schema)}`;
  return names[type] ?? 'what its schema takes';
}

function rangeOf({ minimum, maximum }: JsonSchema): string {
  // Beyond those a whole number is no longer exact: zod says so of each.
  const from = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  if (from !== undefined) return ` from ${from}`;
  return to === undefined ? '' : ` up to ${to}`;
}
