import { reasonOf } from '../errors/as-error.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import type { DevServicesError } from '../errors/error.ts';
import { isPlugin } from './define-plugin.ts';
import type { Plugin } from './plugin.ts';

/** One layer's `plugins`, as written. */
export interface PluginLayer {
  /** File, variable or flag. */
  source: string;
  entries: unknown;
}

export interface CollectedPlugins {
  plugins: Plugin[];
  /** Those whose options are wrong. */
  refused: Plugin[];
  errors: DevServicesError[];
}

interface Slot {
  plugin: Plugin;
  options: unknown;
  source: string;
}

/**
 * Merges `plugins` by name over the layers: a later plugin of the same name replaces the earlier, a
 * record changes options key by key, `null` removes. Options are checked by each plugin's schema.
 */
export async function collectPlugins(options: {
  builtIn: readonly Plugin[];
  layers: readonly PluginLayer[];
  importFrom(specifier: string, source: string): Promise<unknown>;
}): Promise<CollectedPlugins> {
  const slots = new Map<string, Slot>();
  const errors: DevServicesError[] = [];
  for (const plugin of options.builtIn) {
    slots.set(plugin.pluginName, { plugin, options: plugin.options, source: 'built in' });
  }
  for (const { source, entries } of options.layers) {
    if (Array.isArray(entries)) {
      for (const entry of entries) {
        try {
          const plugin = await resolveEntry(entry, source, options.importFrom);
          slots.set(plugin.pluginName, { plugin, options: plugin.options, source });
        } catch (error) {
          errors.push(error as DevServicesError);
        }
      }
    } else if (typeof entries === 'object' && entries !== null) {
      errors.push(...applyRecord(slots, entries as Record<string, unknown>, source));
    }
  }
  const refused: Plugin[] = [];
  const plugins = [...slots.values()].flatMap((slot) => {
    const checked = checkOptions(slot);
    if ('plugin' in checked) return [checked.plugin];
    errors.push(checked.error);
    refused.push(slot.plugin);
    return [];
  });
  return { plugins, refused, errors };
}

async function resolveEntry(
  entry: unknown,
  source: string,
  importFrom: (specifier: string, source: string) => Promise<unknown>,
): Promise<Plugin> {
  if (isPlugin(entry)) return entry;
  const [specifier, given] = Array.isArray(entry) ? (entry as unknown[]) : [entry];
  if (typeof specifier !== 'string') {
    const what = specifier === null ? 'null' : `a value of type ${typeof specifier}`;
    throw pluginErrors.create('DS_PLUGIN_INVALID', { what, from: source });
  }
  let exported: unknown;
  try {
    exported = await importFrom(specifier, source);
  } catch (error) {
    const facts = { specifier, from: source, reason: reasonOf(error) };
    throw pluginErrors.create('DS_PLUGIN_NOT_FOUND', facts, error);
  }
  const candidates = [exported, ...Object.values((exported ?? {}) as Record<string, unknown>)];
  const plugin = candidates.find(isPlugin);
  if (!plugin) {
    const what = `"${specifier}", which exports no plugin`;
    throw pluginErrors.create('DS_PLUGIN_INVALID', { what, from: source });
  }
  return { ...identityOf(plugin), options: given ?? plugin.options };
}

function applyRecord(
  slots: Map<string, Slot>,
  record: Record<string, unknown>,
  source: string,
): DevServicesError[] {
  const unknown: string[] = [];
  const errors: DevServicesError[] = [];
  for (const [name, value] of Object.entries(record)) {
    const slot = slots.get(name);
    if (isPlugin(value))
      slots.set(value.pluginName, { plugin: value, options: value.options, source });
    else if (!slot) unknown.push(name);
    else if (value === null) slots.delete(name);
    else if (typeof value === 'object' && !Array.isArray(value))
      slots.set(name, { ...slot, options: { ...(slot.options as object), ...value }, source });
    else {
      const problems = [
        `${name}: expected a record of options, or null to leave it out (${source})`,
      ];
      errors.push(pluginErrors.create('DS_PLUGIN_OPTIONS_INVALID', { plugin: name, problems }));
    }
  }
  if (unknown.length > 0) {
    const facts = { names: unknown, known: [...slots.keys()] };
    errors.push(pluginErrors.create('DS_PLUGIN_UNKNOWN', facts));
  }
  return errors;
}

function checkOptions({
  plugin,
  options,
  source,
}: Slot): { plugin: Plugin } | { error: DevServicesError } {
  const schema = plugin.spec.options;
  const name = plugin.pluginName;
  if (!schema) {
    if (options === undefined) return { plugin: { ...identityOf(plugin), options } };
    const problems = [`it takes no options (${source})`];
    return { error: pluginErrors.create('DS_PLUGIN_OPTIONS_INVALID', { plugin: name, problems }) };
  }
  const parsed = schema.safeParse(options ?? {});
  if (parsed.success) return { plugin: { ...identityOf(plugin), options: parsed.data } };
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${[name, ...path.map(String)].join('.')}: ${message} (${source})`,
  );
  return { error: pluginErrors.create('DS_PLUGIN_OPTIONS_INVALID', { plugin: name, problems }) };
}

// A factory is a function with these fields: a spread of it would lose none, but would keep it callable.
function identityOf({ pluginName, spec, source }: Plugin): Omit<Plugin, 'options'> {
  return { pluginName, spec, source };
}
