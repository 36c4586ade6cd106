import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { findCycle, topologicalOrder } from '../graph.ts';
import type { Plugin } from './plugin.ts';

/**
 * Plugins by their `after` and `before`, else as given: the same list always gives the same order.
 * Names of plugins that are not loaded are passed over. Throws DS_PLUGIN_CYCLE.
 */
export function orderPlugins(plugins: readonly Plugin[]): Plugin[] {
  const byName = new Map(plugins.map((plugin) => [plugin.pluginName, plugin]));
  const edges = Object.fromEntries(
    plugins.map(({ pluginName, spec }) => [
      pluginName,
      plugins
        .filter(
          (other) =>
            spec.after?.includes(other.pluginName) || other.spec.before?.includes(pluginName),
        )
        .map((other) => other.pluginName),
    ]),
  );
  const ring = findCycle(edges);
  if (ring) throw pluginErrors.create('DS_PLUGIN_CYCLE', { ring });
  return topologicalOrder(edges).flatMap((name) => byName.get(name) ?? []);
}
