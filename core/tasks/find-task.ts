import type { ResolvedConfig } from '../config/config.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import { isDevServicesError } from '../errors/error.ts';
import type { Host } from '../host.ts';
import type { TaskSpec } from '../task-spec.ts';
import { assertTaskSpec } from './assert-task.ts';
import { builtInTasks } from './built-in.ts';
import { isTask, type Task } from './define-task.ts';
import {
  discoverFromFiles,
  discoverTasks,
  rememberPluginTasks,
  type TaskOrigin,
  type TaskPlaces,
} from './discover-tasks.ts';
import { createInlineTask } from './inline-task.ts';
import { describeTask } from './task-metadata.ts';

/** A task that can be run, and who brings it. */
export interface FoundTask {
  readonly task: Task;
  readonly origin: TaskOrigin;
  readonly plugin?: string;
}

export interface FinderOptions {
  host: Pick<Host, 'configure' | 'pluginTasks' | 'log'>;
  places: TaskPlaces;
  /** Imports a module of the repo. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>;
  /** The task whose file was started by itself. */
  started?: FoundTask | undefined;
  /** Learns which task it most likely is, before the repo's code runs: that may take its time. */
  onLikely?(task: Task): void;
}

export interface TaskFinder {
  /**
   * The strongest task of that name: file of the repo, configuration, plugin, built-in. Says once when
   * that stands in for a built-in one. Throws DS_TASK_UNKNOWN, and what loading it threw.
   */
  find(name: string, neededBy?: string): Promise<FoundTask>;
}

/** Finds tasks for running them: this loads the repo's code, which listing never does. */
export function createTaskFinder(options: FinderOptions): TaskFinder {
  const { host, places, load, started } = options;
  const found = new Map<string, Promise<FoundTask>>();
  if (started) found.set(started.task.name, Promise.resolve(started));

  const look = async (name: string, neededBy?: string): Promise<FoundTask> => {
    const files = await discoverFromFiles(places);
    places.cache.save();
    const file = files.find((task) => task.origin === 'repo' && task.name === name)?.source;
    if (file !== undefined) return { task: await loadTaskFile(file, load), origin: 'repo' };
    const builtIn = await loadBuiltIn(name);
    const isOthers = files.some((task) => task.name === name);
    if (builtIn && !isOthers) options.onLikely?.(builtIn);
    const configured = places.configFile === undefined ? {} : await tryConfigure(host);
    const inline = configured.config?.tasks[name];
    if (inline && places.configFile !== undefined) {
      return { task: createInlineTask(name, inline, places.configFile), origin: 'config' };
    }
    const pluginTasks = configured.config
      ? await host.pluginTasks()
      : (new Map() satisfies PluginTasks);
    if (configured.config) rememberPluginTasks(places, describePluginTasks(pluginTasks));
    const brought = pluginTasks.get(name);
    if (brought) {
      const source = `The plugin ${brought.plugin}`;
      return { task: asTask(brought.spec, source), origin: 'plugin', plugin: brought.plugin };
    }
    if (builtIn) return { task: builtIn, origin: 'built-in' };
    // What a broken configuration would have brought is not known.
    if (configured.failure) throw configured.failure;
    const known = [...(await discoverTasks(places)).keys()];
    throw taskErrors.create('DS_TASK_UNKNOWN', {
      name,
      known,
      ...(neededBy === undefined ? {} : { neededBy }),
    });
  };

  return {
    find(name, neededBy) {
      const known = found.get(name);
      if (known) return known;
      const looked = look(name, neededBy).then((task) => {
        if (task.origin !== 'built-in' && Object.hasOwn(builtInTasks, name)) {
          host.log.info(`${task.task.source} stands in for the built-in task "${name}".`);
        }
        return task;
      });
      found.set(name, looked);
      return looked;
    },
  };
}

async function loadBuiltIn(name: string): Promise<Task | undefined> {
  const load = Object.hasOwn(builtInTasks, name) ? builtInTasks[name] : undefined;
  return load && ((await load()).default as Task);
}

type PluginTasks = Awaited<ReturnType<Host['pluginTasks']>>;

async function tryConfigure(
  host: FinderOptions['host'],
): Promise<{ config?: ResolvedConfig; failure?: unknown }> {
  try {
    return { config: await host.configure() };
  } catch (failure) {
    return { failure };
  }
}

async function loadTaskFile(file: string, load: FinderOptions['load']): Promise<Task> {
  let module: Readonly<Record<string, unknown>>;
  try {
    module = await load(file);
  } catch (error) {
    if (isDevServicesError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw taskErrors.create('DS_TASK_FILE_THREW', { file, reason }, error);
  }
  const task = module['default'];
  if (!isTask(task)) {
    const problem = 'does not export a task by default';
    throw taskErrors.create('DS_TASK_INVALID', { source: file, problem });
  }
  assertTaskSpec(task as Task, file);
  // A transformed file knows itself by where the transform is kept.
  return Object.create(task, { source: { value: file, enumerable: true } }) as Task;
}

function asTask(spec: TaskSpec, source: string): Task {
  assertTaskSpec(spec, source);
  return { ...spec, source };
}

function describePluginTasks(tasks: PluginTasks) {
  return [...tasks.values()].map(({ plugin, spec }) => ({ ...describeTask(spec), plugin }));
}
