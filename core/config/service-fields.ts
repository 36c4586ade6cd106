import * as z from 'zod';
import { reasonOf } from '../errors/as-error.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { isMergeable } from './merge-tree.ts';
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

/** Who is to blame for what a check threw: a schema that does has a plugin. */
export function blameSchema(
  thrown: unknown,
  services: unknown,
  fields: ServiceFieldSchemas = new Map(),
): unknown {
  for (const [at, given] of Object.entries(isMergeable(services) ? services : {})) {
    for (const [name, { plugin, schema }] of fields) {
      try {
        if (isMergeable(given)) schema.safeParse(given[name]);
      } catch (cause) {
        const where = `its field "${name}" of the service ${at}`;
        const facts = { plugin, where, reason: reasonOf(cause) };
        return pluginErrors.create('DS_PLUGIN_THREW', facts, cause);
      }
    }
  }
  return thrown;
}
