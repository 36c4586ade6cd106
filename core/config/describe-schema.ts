import type { $ZodType } from 'zod/v4/core';
import * as z from 'zod';
import type { FieldNotes } from './schema-values.ts';

/** What a schema takes, in words: `a port from 1 to 65535 or a record`. */
export function describeSchema(schema: $ZodType): string {
  const { type } = notesOf(schema);
  if (type !== undefined) return type;
  const inner = unwrap(schema);
  if (inner !== schema) return describeSchema(inner);
  const def = defOf(schema);
  switch (def.type) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return `a list, each item ${def.element ? describeSchema(def.element) : 'a value'}`;
    case 'object':
    case 'record':
      return 'a record';
    case 'enum':
      return oneOf(Object.values(def.entries ?? {}));
    case 'literal':
      return oneOf(def.values ?? []);
    case 'union':
      return describeSchemas(def.options ?? []);
    default:
      return 'another value';
  }
}

/** What any of several schemas takes; words of their own stand together. */
export function describeSchemas(schemas: readonly $ZodType[]): string {
  const words = schemas.every((schema) => defOf(unwrap(schema)).type === 'literal')
    ? schemas.flatMap((schema) => defOf(unwrap(schema)).values ?? [])
    : [];
  return words.length > 0 ? oneOf(words) : [...new Set(schemas.map(describeSchema))].join(', or ');
}

/** The schemas that may check the value at a path below one; a union has several. */
export function schemasAt(schema: $ZodType, path: readonly PropertyKey[]): $ZodType[] {
  const inner = unwrap(schema);
  const def = defOf(inner);
  if (path.length === 0) return [notesOf(schema).type === undefined ? inner : schema];
  const [key, ...rest] = path;
  if (def.type === 'union') return (def.options ?? []).flatMap((option) => schemasAt(option, path));
  const next =
    def.type === 'object'
      ? own(def.shape, String(key))
      : def.type === 'record'
        ? def.valueType
        : def.type === 'array'
          ? def.element
          : undefined;
  return next === undefined ? [] : schemasAt(next, rest);
}

/** The keys that a record at a path may have. */
export function keysAt(schema: $ZodType, path: readonly PropertyKey[]): string[] {
  return leaves(schemasAt(schema, path)).flatMap(({ def }) =>
    def.type === 'object' ? Object.keys(def.shape ?? {}) : [],
  );
}

/** The words that a value at a path may be. */
export function wordsAt(schema: $ZodType, path: readonly PropertyKey[]): string[] {
  return leaves(schemasAt(schema, path)).flatMap(({ def }) => {
    const values = def.type === 'enum' ? Object.values(def.entries ?? {}) : (def.values ?? []);
    return values.filter((value) => typeof value === 'string');
  });
}

/** The notes of a schema itself. */
export function notesOf(schema: $ZodType): FieldNotes {
  return (z.globalRegistry.get(schema) ?? {}) as FieldNotes;
}

/** The schema inside of `optional()` and its like. */
export function unwrap(schema: $ZodType): $ZodType {
  const def = defOf(schema);
  const inner = def.type === 'lazy' ? def.getter?.() : (def.innerType ?? def.in);
  return inner === undefined ? schema : unwrap(inner);
}

/** A schema's definition, whichever copy of zod made it. */
export function defOf(schema: $ZodType): SchemaDef {
  return (schema as unknown as { def: SchemaDef }).def;
}

/** As much of zod's definitions as is read here. */
export interface SchemaDef {
  type: string;
  shape?: Readonly<Record<string, $ZodType>>;
  options?: readonly $ZodType[];
  element?: $ZodType;
  keyType?: $ZodType;
  valueType?: $ZodType;
  innerType?: $ZodType;
  in?: $ZodType;
  getter?: () => $ZodType;
  entries?: Readonly<Record<string, unknown>>;
  values?: readonly unknown[];
}

function leaves(schemas: readonly $ZodType[]): { def: SchemaDef }[] {
  return schemas.flatMap((schema) => {
    const def = defOf(unwrap(schema));
    return def.type === 'union' ? leaves(def.options ?? []) : [{ def }];
  });
}

function oneOf(values: readonly unknown[]): string {
  const words = values.map((value) => JSON.stringify(value));
  return words.length > 1 ? `one of ${words.join(', ')}` : (words[0] ?? 'nothing');
}

function own<Value>(
  record: Readonly<Record<string, Value>> | undefined,
  key: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
