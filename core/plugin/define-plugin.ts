import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Permissions } from '../permissions/permissions.ts';
import type { Plugin, PluginFactory, PluginSpec } from './plugin.ts';

/**
 * Declares a plugin. `setup` runs once per host, synchronously, and only says what the plugin brings.
 *
 * @example
 * export const mailpit = definePlugin({
 *   name: 'mailpit',
 *   setup({ services }) {
 *     services.add('mailpit', { run: container({ image: 'axllent/mailpit' }), ports: { smtp: 1025 } });
 *   },
 * });
 * // devservices.config.ts: plugins: [mailpit]  or  plugins: [mailpit({ … })]
 */
export function definePlugin<
  Schema extends z.ZodType = z.ZodUndefined,
  // oxlint-disable-next-line typescript/no-empty-object-type -- nothing asked
  const Asked extends Permissions = {},
>(spec: PluginSpec<Schema, Asked>): PluginFactory<z.input<Schema>> {
  const identity = {
    pluginName: spec.name,
    spec: spec as unknown as Plugin['spec'],
    source: callerFile(),
  };
  return Object.assign((options?: z.input<Schema>): Plugin => ({ ...identity, options }), {
    ...identity,
    options: undefined,
  });
}

/** Whether a value of a configuration is a plugin, called or not. */
export function isPlugin(value: unknown): value is Plugin {
  const isObject = (typeof value === 'object' || typeof value === 'function') && value !== null;
  return isObject && 'pluginName' in value && 'spec' in value;
}

function callerFile(): string | undefined {
  const line = new Error().stack?.split('\n')[3] ?? '';
  const location = /\(?((?:file:\/\/)?\/[^()]*?|[A-Z]:\\[^()]*?):\d+:\d+\)?$/.exec(line)?.[1];
  return location?.startsWith('file://')
    ? fileURLToPath(location.split('?')[0] ?? location)
    : location;
}
