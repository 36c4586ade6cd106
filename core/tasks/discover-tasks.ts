import { dirname } from 'node:path';
import { findConfig, type FindRequest, findLocalConfig } from '../config/find-config.ts';
import { resolveCacheHome } from '../identity/state-home.ts';
import { loadBuiltInMetadata } from './built-in.ts';
import { discoverConfigTasks } from './discover-config-tasks.ts';
import { discoverRepoTasks } from './discover-repo-tasks.ts';
import { type MetadataCache, openMetadataCache } from './metadata-cache.ts';
import type { TaskMetadata } from './task-metadata.ts';

/** Who brings a task, strongest first. */
export type TaskOrigin = 'repo' | 'config' | 'plugin' | 'built-in';

/** A task as listings show it; nothing of it was run. */
export interface ListedTask extends TaskMetadata {
  readonly origin: TaskOrigin;
  /** The file, or the plugin's name. */
  readonly source: string;
}

/** Where the tasks of a folder come from. */
export interface TaskPlaces {
  readonly cache: MetadataCache;
  /** Undefined where there is no configuration. */
  readonly configFile: string | undefined;
  readonly localFile: string | undefined;
}

/** Looks where tasks are, from a folder; no configuration is no failure here. */
export function findTaskPlaces(request: FindRequest): TaskPlaces {
  const cache = openMetadataCache(resolveCacheHome(request.env));
  try {
    const configFile = findConfig(request);
    return { cache, configFile, localFile: findLocalConfig(dirname(configFile), request.env) };
  } catch {
    return { cache, configFile: undefined, localFile: undefined };
  }
}

/**
 * All tasks by name, the strongest of each name: file of the repo, record of the configuration, plugin,
 * built-in. Reads only: no code of the repo runs; plugins' tasks are those of the last run.
 */
export async function discoverTasks(places: TaskPlaces): Promise<ReadonlyMap<string, ListedTask>> {
  const { cache } = places;
  const found = [
    ...(await loadBuiltInMetadata(cache)).map((task) => listed(task, 'built-in', 'devservices')),
    ...recallPluginTasks(places),
    ...(await discoverFromFiles(places)),
  ];
  cache.save();
  const byName = new Map(found.map((task) => [task.name, task]));
  return new Map([...byName].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Those that the repo's own files write out, the configuration's first. */
export async function discoverFromFiles({
  cache,
  configFile,
  localFile,
}: TaskPlaces): Promise<ListedTask[]> {
  if (configFile === undefined) return [];
  const files = [configFile, ...(localFile === undefined ? [] : [localFile])];
  const [own, ofRepo] = await Promise.all([
    discoverConfigTasks(files, cache),
    discoverRepoTasks(dirname(configFile), cache),
  ]);
  return [
    ...own.map(({ file, task }) => listed(task, 'config', file)),
    ...ofRepo.map(({ file, task }) => listed(task, 'repo', file)),
  ];
}

/** Remembers what plugins brought, for listings: telling it means running the configuration. */
export function rememberPluginTasks(
  { cache, configFile }: TaskPlaces,
  tasks: readonly (TaskMetadata & { readonly plugin: string })[],
): void {
  if (configFile === undefined) return;
  cache.put('plugin-tasks', configFile, tasks);
  cache.save();
}

function recallPluginTasks({ cache, configFile }: TaskPlaces): ListedTask[] {
  const stored = configFile === undefined ? [] : cache.get('plugin-tasks', configFile);
  const tasks = Array.isArray(stored) ? (stored as (TaskMetadata & { plugin: string })[]) : [];
  return tasks.map(({ plugin, ...task }) => listed(task, 'plugin', plugin));
}

function listed(task: TaskMetadata, origin: TaskOrigin, source: string): ListedTask {
  return { ...task, origin, source };
}
