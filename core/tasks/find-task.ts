import type { ResolvedConfig } from '../config/config.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import { isDevServicesError } from '../errors/error.ts';
import type { Host } from '../host.ts';
import type { AnyTaskSpec } from '../task-spec.ts';
import { assertTaskSpec } from './assert-task.ts';
import { builtInTasks } from './built-in.ts';
import { matchCommand, taskOfCommand, unknownCommand } from './choose-command.ts';
import { type CommandTask, isTask, type Task } from './define-task.ts';
import {
  discoverFromFiles,
  discoverTasks,
  rememberPluginTasks,
  type TaskOrigin,
  type TaskPlaces,
} from './discover-tasks.ts';
import { createInlineTask } from './inline-task.ts';
import { describeTask } from './task-metadata.ts';

/** A task as it is declared, and who brings it. */
export interface BroughtTask {
  readonly task: Task | CommandTask;
  readonly origin: TaskOrigin;
  readonly plugin?: string;
}

/** A task that can be run: a command of several is one too. */
export interface FoundTask extends BroughtTask {
  readonly task: Task;
  /** What one types: the task's name, and the words of its command. */
  readonly called: string;
}

export interface FinderOptions {
  host: Pick<Host, 'configure' | 'pluginTasks' | 'log'>;
  places: TaskPlaces;
  /** Imports a module of the repo. */
  load(file: string): Promise<Readonly<Record<string, unknown>>>;
  /** The task whose file was started by itself. */
  started?: BroughtTask | undefined;
  /** Learns which task it most likely is, before the repo's code runs: that may take its time. */
  onLikely?(task: Task | CommandTask): void;
}

export interface TaskFinder {
  /**
   * The strongest task of that name: file of the repo, configuration, plugin, built-in. Says once when
   * that stands in for a built-in one. `permissions add` is a command of the task `permissions`. Throws
   * DS_TASK_UNKNOWN, DS_TASK_COMMAND_UNKNOWN, and what loading it threw.
   */
  find(name: string, neededBy?: string): Promise<FoundTask>;
  /** The same for a command line, whose leading words choose among the commands of a task. */
  choose(
    name: string,
    line: readonly string[],
  ): Promise<{ found: FoundTask; rest: readonly string[] }>;
}

/** Finds tasks for running them: this loads the repo's code, which listing never does. */
export function createTaskFinder(options: FinderOptions): TaskFinder {
  const { host, places, load, started } = options;
  const brought = new Map<string, Promise<BroughtTask>>();
  if (started) brought.set(started.task.name, Promise.resolve(started));

  const look = async (name: string, neededBy?: string): Promise<BroughtTask> => {
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
    const ofPlugin = pluginTasks.get(name);
    if (ofPlugin) {
      const { plugin, spec } = ofPlugin;
      return { task: asTask(spec, `The plugin ${plugin}`), origin: 'plugin', plugin };
    }
    if (builtIn) return { task: builtIn, origin: 'built-in' };
    // What a broken configuration would have brought is not known.
    if (configured.failure) throw configured.failure;
    throw await unknownTask(name, neededBy);
  };

  const unknownTask = async (name: string, neededBy?: string): Promise<Error> =>
    taskErrors.create('DS_TASK_UNKNOWN', {
      name,
      known: [...(await discoverTasks(places)).keys()],
      ...(neededBy === undefined ? {} : { neededBy }),
    });

  const bring = (name: string, neededBy?: string): Promise<BroughtTask> => {
    const known = brought.get(name);
    if (known) return known;
    const looked = look(name, neededBy).then((task) => {
      if (task.origin !== 'built-in' && Object.hasOwn(builtInTasks, name)) {
        host.log.info(`${task.task.source} stands in for the built-in task "${name}".`);
      }
      return task;
    });
    brought.set(name, looked);
    return looked;
  };

  const choose = async (name: string, line: readonly string[], neededBy?: string) => {
    const { task, ...by } = await bring(name, neededBy);
    if (task.commands === undefined) return { found: { ...by, task, called: name }, rest: line };
    const known = Object.keys(task.commands);
    const { command, rest } = matchCommand(known, line);
    if (command === undefined) throw unknownCommand(name, known, { line, neededBy });
    const called = `${name} ${command}`;
    return { found: { ...by, task: taskOfCommand(task, command), called }, rest };
  };

  return {
    async find(called, neededBy) {
      const [name = '', ...words] = called.split(' ');
      const { found, rest } = await choose(name, words, neededBy);
      if (rest.length === 0) return found;
      const { task } = await bring(name);
      if (task.commands === undefined) throw await unknownTask(called, neededBy);
      throw unknownCommand(name, Object.keys(task.commands), { line: words, neededBy });
    },
    choose: (name, line) => choose(name, line),
  };
}

async function loadBuiltIn(name: string): Promise<Task | CommandTask | undefined> {
  const load = Object.hasOwn(builtInTasks, name) ? builtInTasks[name] : undefined;
  return load && ((await load()).default as Task | CommandTask);
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

async function loadTaskFile(
  file: string,
  load: FinderOptions['load'],
): Promise<Task | CommandTask> {
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
  assertTaskSpec(task, file);
  // A transformed file knows itself by where the transform is kept.
  return Object.create(task, { source: { value: file, enumerable: true } }) as Task | CommandTask;
}

function asTask(spec: AnyTaskSpec, source: string): Task | CommandTask {
  assertTaskSpec(spec, source);
  return { ...spec, source };
}

function describePluginTasks(tasks: PluginTasks) {
  return [...tasks.values()].map(({ plugin, spec }) => ({ ...describeTask(spec), plugin }));
}
