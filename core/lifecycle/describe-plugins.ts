import type { Permissions } from '../permissions/permissions.ts';
import type { PluginHost } from '../plugin/plugin-host.ts';

/** What one plugin declares and brings. */
export interface PluginDescription {
  name: string;
  /** The file that defines it. */
  source: string | undefined;
  permissions: Permissions;
  services: readonly string[];
  runners: readonly string[];
  tasks: readonly string[];
  /** Why it could not be set up. */
  failure?: string;
}

export function describePlugins(host: PluginHost): PluginDescription[] {
  const broughtBy = (table: ReadonlyMap<string, { plugin: string }>, plugin: string) =>
    [...table].flatMap(([name, brought]) => (brought.plugin === plugin ? name : []));
  return host.plugins.map(({ plugin: { pluginName, spec, source }, failure }) => ({
    name: pluginName,
    source,
    permissions: spec.permissions ?? {},
    services: Object.keys(host.services.get(pluginName)?.services ?? {}),
    runners: broughtBy(host.runners, pluginName),
    tasks: broughtBy(host.tasks, pluginName),
    ...(failure ? { failure: failure.message } : {}),
  }));
}
