import { basename, dirname } from 'node:path';
import { sanitiseName } from '../identity/project-name.ts';
import {
  type ConfigFlags,
  doNotTrackLayers,
  environmentLayers,
  flagLayers,
} from './assignment-layers.ts';
import { loadFileLayers } from './file-layers.ts';
import { findConfig, findLocalConfig } from './find-config.ts';
import type { Layer } from './layer.ts';
import type { ModuleLoading } from './module-loading.ts';

export interface LayersRequest extends ModuleLoading {
  readonly cwd: string;
  /** `--config`; `DEVSERVICES_CONFIG` is read from `env`. */
  readonly configFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: ConfigFlags;
}

/** Everything that configures a project, before merging. */
export interface LoadedLayers {
  /** Folder of the repo's configuration: what relative paths in it start from. */
  root: string;
  /** Every file that was read, the repo's first. */
  files: readonly string[];
  /** Lowest first. */
  layers: readonly Layer[];
}

/**
 * Finds and loads all layers but those of plugins: defaults < extends < options file < repo < local <
 * environment < flags. Throws the DS_CONFIG_… errors of finding, reading and importing.
 *
 * @example
 * const { root, layers } = await loadLayers({ cwd, env, flags: { set: ['engine=unix:///run/x.sock'] }, cacheFolder, library });
 * const { merged, origins } = mergeLayers(withPluginLayers(layers, fromPlugins));
 */
export async function loadLayers(request: LayersRequest): Promise<LoadedLayers> {
  const { env, flags = {} } = request;
  const assigned = [...environmentLayers(env), ...flagLayers(flags), ...doNotTrackLayers(env)];
  const file = findConfig(request);
  const root = dirname(file);
  const local = findLocalConfig(root, env);
  const fromFiles = [
    ...(await loadFileLayers({ file, name: 'repo', loading: request })),
    ...(local === undefined
      ? []
      : await loadFileLayers({ file: local, name: 'local', loading: request })),
  ];
  const read = fromFiles.flatMap((layer) => layer.file ?? []);
  return {
    root,
    files: [...new Set([file, ...read])],
    layers: [defaultsFor(root), ...fromFiles, ...assigned],
  };
}

function defaultsFor(root: string): Layer {
  const value = { project: sanitiseName(basename(root)), hookTimeout: '60s', telemetry: true };
  return { name: 'defaults', source: 'built in', value };
}
