import * as z from 'zod';
import { configSchema, service } from './schema.ts';

/** Fields of services by name, with the plugin that brought each. */
export type ServiceFieldSchemas = ReadonlyMap<string, { plugin: string; schema: z.ZodType }>;

/** What a configuration is once its schema has passed it. */
export type CheckedConfig = z.output<typeof configSchema>;

/** The configuration's schema, with what plugins brought to services; no service has to have any of it. */
export function withServiceFields(fields: ServiceFieldSchemas = new Map()): typeof configSchema {
  if (fields.size === 0) return configSchema;
  const brought = [...fields].map(([name, { schema }]) => [name, z.optional(schema)] as const);
  const extended = service.extend(Object.fromEntries(brought));
  const services = z.record(z.string(), extended).optional();
  // The same to whoever reads it: what is brought is its plugin's to know.
  return configSchema.extend({ services }) as unknown as typeof configSchema;
}
