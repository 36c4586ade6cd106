import { z } from 'devservices';
import type { JsonSchema } from './api-document.ts';

/** Which side of a schema is told: what it takes, or what comes out of it. */
export type SchemaSide = 'input' | 'output';

export interface ToldSchema {
  readonly schema: JsonSchema;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
}

/** Tells schemas as JSON Schema; those with an id (`.meta({ id: 'Service' })`) once, below `components`. */
export interface SchemaBook {
  tell(schema: z.ZodType, side: SchemaSide): ToldSchema;
  /** Those that have an id, by name in alphabetical order. */
  components(): Readonly<Record<string, JsonSchema>>;
}

type Definitions = Readonly<Record<string, JsonSchema>>;

export function createSchemaBook(): SchemaBook {
  const named = new Map<string, { name: string; schema: JsonSchema }>();

  function tell(schema: z.ZodType, side: SchemaSide): ToldSchema {
    // Within an object a schema with an id becomes a reference, and tells whether it is optional.
    const { properties, required, $defs } = z.toJSONSchema(z.object({ root: schema }), {
      io: side,
      target: 'draft-2020-12',
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        withoutNoise(jsonSchema);
        // What is answered may come to say more; only `strictObject` says that it never will.
        const { type, catchall } = (zodSchema as unknown as z.ZodType).def as {
          type: string;
          catchall?: unknown;
        };
        if (type === 'object' && !catchall) delete jsonSchema.additionalProperties;
      },
    });
    const definitions = ($defs ?? {}) as Definitions;
    const before = named.size;
    const names = new Map(
      Object.keys(definitions).map((id) => [`#/$defs/${id}`, enter({ id, definitions, side })]),
    );
    for (const entry of [...named.values()].slice(before)) {
      entry.schema = pointTo(entry.schema, names);
    }
    return {
      schema: pointTo((properties as { root: JsonSchema }).root, names),
      isOptional: !required?.includes('root'),
    };
  }

  /** Its name: another than its id where that stands for something else already. */
  function enter({
    id,
    definitions,
    side,
  }: {
    id: string;
    definitions: Definitions;
    side: SchemaSide;
  }): string {
    const definition = definitions[id] ?? {};
    // One without an id that holds itself is numbered.
    const base = id.startsWith('__') ? 'Nested' : id;
    const key = `${base} ${textOf(definition, definitions).replaceAll(id, base)}`;
    const same = named.get(key);
    if (same) return same.name;
    const taken = new Set([...named.values()].map(({ name }) => name));
    const tries = [base, ...(side === 'input' ? [`${base}Input`] : [])];
    for (let number = 2; tries.every((name) => taken.has(name)); number++) {
      tries.push(`${base}${number}`);
    }
    const name = tries.find((one) => !taken.has(one)) ?? id;
    named.set(key, { name, schema: definition });
    return name;
  }

  return {
    tell,
    components: () =>
      Object.fromEntries(
        [...named.values()]
          .map(({ name, schema }) => [name, schema] as const)
          .toSorted(([a], [b]) => (a < b ? -1 : 1)),
      ),
  };
}

/** What says nothing: how far JavaScript can count, what every key is, a format once more as a pattern. */
function withoutNoise(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.format !== undefined) delete schema.pattern;
  const { propertyNames: names } = schema;
  if (JSON.stringify(names) === '{"type":"string"}') delete schema.propertyNames;
}

/** Everything that it is made of: two that differ only in what they refer to are not the same. */
function textOf(schema: unknown, definitions: Definitions, seen: readonly string[] = []): string {
  return JSON.stringify(schema, (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' && !seen.includes(value)
      ? textOf(definitions[value.slice('#/$defs/'.length)], definitions, [...seen, value])
      : value,
  );
}

function pointTo(schema: JsonSchema, names: ReadonlyMap<string, string>): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    const name = key === '$ref' ? names.get(value as string) : undefined;
    return name === undefined ? value : `#/components/schemas/${name}`;
  }) as JsonSchema;
}
