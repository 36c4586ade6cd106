import type { z } from 'zod';
import type { ConfigFlags } from '../config/assignment-layers.ts';
import type { Config, ResolvedConfig } from '../config/config.ts';
import { kindsIn, loadCoreKinds, type RunKinds } from '../config/core-kinds.ts';
import { type Layer, withPluginLayers } from '../config/layer.ts';
import { loadLayers } from '../config/layers.ts';
import type { ModuleLoading } from '../config/load-module.ts';
import { isMergeable } from '../config/merge-tree.ts';
import { wrapSingle } from '../config/short-forms.ts';
import { mergeLayers, pluginLayers } from '../config/merge-layers.ts';
import type { Origins } from '../config/origins.ts';
import { validateConfig } from '../config/validate-config.ts';
import { asErrors, throwAll } from '../errors/as-error.ts';
import type { DevServicesError } from '../errors/error.ts';
import { collectPlugins } from '../plugin/collect-plugins.ts';
import { importPlugin } from '../plugin/import-plugin.ts';
import type { Plugin } from '../plugin/plugin.ts';
import {
  createPluginHost,
  type PluginHost,
  type PluginHostOptions,
} from '../plugin/plugin-host.ts';

export interface LoadRequest extends ModuleLoading {
  cwd: string;
  configFile: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  flags: ConfigFlags;
}

/** Everything the files, variables, flags and plugins say, merged but not yet checked. */
export interface LoadedProject {
  root: string;
  layers: readonly Layer[];
  merged: Readonly<Record<string, unknown>>;
  origins: Origins;
  pluginHost: PluginHost;
  /** Wrong options, plugins that could not be imported or set up: told by tasks that act. */
  pluginErrors: readonly DevServicesError[];
}

/** Reads the layers, sets the plugins up, and merges what they add below what the files say. */
export async function loadProject(
  request: LoadRequest,
  hostOptions: (root: string) => Omit<PluginHostOptions, 'plugins' | 'refused'>,
  builtIn: () => Promise<readonly Plugin[]>,
): Promise<LoadedProject> {
  const { root, layers } = await loadLayers(request);
  const { plugins, refused, errors } = await collectPlugins({
    builtIn: await builtIn(),
    layers: pluginLayers(layers),
    importFrom: (specifier, source) => importPlugin(specifier, { source, root, loading: request }),
  });
  const pluginHost = createPluginHost({ ...hostOptions(root), plugins, refused });
  const added = [...pluginHost.services.values()].map(({ plugin, services }): Layer => ({
    name: 'plugin',
    source: plugin,
    value: { services } satisfies Config,
  }));
  return {
    root,
    layers,
    ...mergeLayers(withPluginLayers(layers, added)),
    pluginHost,
    pluginErrors: [...errors, ...pluginHost.failures],
  };
}

/**
 * The kinds of runs that a project may have; `isOpen`: runs of any kind may be added before it is checked
 * for the last time.
 */
export async function loadKinds(
  { merged, pluginHost }: LoadedProject,
  { isOpen }: { isOpen: boolean },
): Promise<RunKinds> {
  const kinds = new Map(await loadCoreKinds(isOpen ? 'all' : kindsIn(merged)));
  for (const [kind, { schema }] of pluginHost.runners) {
    kinds.set(kind, (schema as z.ZodType | undefined) ?? kinds.get(kind));
  }
  return kinds;
}

/** Checks the merged configuration; its problems and the plugins' are told together. */
export function checkProject(project: LoadedProject, kinds: RunKinds): ResolvedConfig {
  const problems = [...project.pluginErrors];
  let config: ResolvedConfig | undefined;
  try {
    const { serviceFields } = project.pluginHost;
    config = validateConfig({ ...project, kinds, serviceFields });
  } catch (thrown) {
    problems.unshift(...asErrors(thrown));
  }
  throwAll(problems);
  return config as ResolvedConfig;
}

/** Checks what a plugin's `configure` tap left of the configuration, and blames the plugin. */
export function recheck(
  { origins, root, pluginHost: { serviceFields } }: LoadedProject,
  { draft, plugin, kinds }: { draft: ResolvedConfig; plugin: string; kinds: RunKinds },
): ResolvedConfig {
  const { hookTimeoutMs, ...rest } = draft;
  const services = withLongRuns(draft.services);
  const given = Object.entries({ ...rest, services, hookTimeout: hookTimeoutMs });
  const merged = Object.fromEntries(given.filter(([, value]) => value !== undefined));
  return validateConfig({ merged, origins, root, kinds, serviceFields, blame: plugin });
}

// A tap may write `run` as short as a file does.
function withLongRuns(services: unknown): unknown {
  if (!isMergeable(services)) return services;
  const long = Object.entries(services).map(([name, service]): [string, unknown] => {
    const run = isMergeable(service) ? service['run'] : undefined;
    if (!isMergeable(service) || !isMergeable(run)) return [name, service];
    return [name, { ...service, run: wrapSingle(['services', name, 'run'], run) }];
  });
  return Object.fromEntries(long);
}
