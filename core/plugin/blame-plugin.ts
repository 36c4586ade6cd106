import { reasonOf } from '../errors/as-error.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { type DevServicesError, isDevServicesError } from '../errors/error.ts';

/** What a plugin's code threw: an error of ours keeps its blame, anything else is the plugin's. */
export function blamePlugin(
  thrown: unknown,
  { plugin, where }: { plugin: string; where: string },
): DevServicesError {
  if (isDevServicesError(thrown)) return thrown;
  const facts = { plugin, where, reason: reasonOf(thrown) };
  return pluginErrors.create('DS_PLUGIN_THREW', facts, thrown);
}
