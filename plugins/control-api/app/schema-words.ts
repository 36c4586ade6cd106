import type { z } from 'devservices';

/** The words of an object's schema, with what each takes; undefined of a schema of anything else. */
export function schemaWords(
  schema: z.ZodType | undefined,
): ReadonlyMap<string, z.ZodType> | undefined {
  if (schema === undefined) return new Map();
  const inner = unwrap(schema);
  if (inner.def.type !== 'object') return undefined;
  return new Map(Object.entries((inner as z.ZodObject<Record<string, z.ZodType>>).shape));
}

/** Whether a word may stand in a query more than once. */
export function isList(schema: z.ZodType): boolean {
  return unwrap(schema).def.type === 'array';
}

interface Wrapping {
  innerType?: z.ZodType;
  in?: z.ZodType;
}

// Defaults, optional ones and what is made of a value later: what they take is that of the inner one.
function unwrap(schema: z.ZodType): z.ZodType {
  const { innerType, in: input } = schema.def as Wrapping;
  const inner = innerType ?? input;
  return inner === undefined ? schema : unwrap(inner);
}
