import type { CommandOptions } from '../command.ts';
import type { Foreground } from '../command-foreground.ts';
import { throwAll } from '../errors/as-error.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { ServiceReport } from '../events.ts';
import type { Host } from '../host.ts';
import type { TaskOutcome } from '../lifecycle/up.ts';
import { blameTask } from './blame-task.ts';
import { completeArguments } from './complete-arguments.ts';
import type { FoundTask, TaskFinder } from './find-task.ts';
import type { TaskCall, TaskEngine } from './run-tasks.ts';
import { createTaskContext } from './task-context.ts';

export interface TaskEngineOptions {
  host: Host;
  finder: TaskFinder;
  /** The task that was asked for has the terminal to itself: its commands may use it. */
  isInteractive: boolean;
  /** A command is about to get the terminal. */
  onTerminal(): void;
  foreground: Foreground;
  /** Learns what each task did with services, also of tasks that others call. */
  onServices(services: Readonly<Record<string, ServiceReport>>): void;
}

/** Runs tasks in one host: each with the context that it may have, its failures blamed on who has to act. */
export function createTaskEngine(options: TaskEngineOptions): TaskEngine<FoundTask> {
  const { host, finder } = options;
  return {
    find: (name, neededBy) => finder.find(name, neededBy),
    needsOf: ({ task }) => task.needs ?? [],
    onStopped(task, because) {
      host.log.warn(`${task} was not run, because ${because.join(', ')} failed.`);
    },
    async execute(call) {
      try {
        host.signal.throwIfAborted();
        const result = await execute(call, options);
        host.signal.throwIfAborted();
        return result;
      } catch (thrown) {
        // Whatever an interrupted task throws, what happened is the interruption.
        throw host.signal.aborted ? host.signal.reason : thrown;
      }
    },
  };
}

async function execute(call: TaskCall<FoundTask>, options: TaskEngineOptions): Promise<unknown> {
  const { task, called, origin } = call.task;
  const args = completeArguments(called, task.args ?? {}, call.args);
  const hasTerminal = options.isInteractive && call.depth === 0 && !call.isNeed;
  const isOwnCommand = origin === 'config';
  const shellOptions = isOwnCommand ? outputOptions(options.host, called, hasTerminal) : {};
  const context = await createTaskContext(
    options.host,
    { ...call, args },
    {
      options: shellOptions,
      onTerminal: options.onTerminal,
      foreground: options.foreground,
    },
  );
  let result: unknown;
  try {
    result = await task.run(context);
  } catch (thrown) {
    throwAll(blameTask(thrown, call.task));
  }
  if (isOutcome(result)) {
    options.onServices(result.services);
    throwAll(result.errors);
  }
  return result;
}

/** Whether a result is what `up`, `down` and the like give. */
export function isOutcome(result: unknown): result is TaskOutcome {
  const isObject = typeof result === 'object' && result !== null;
  if (!isObject || !('services' in result) || !('errors' in result)) return false;
  const { services, errors } = result as { services: unknown; errors: readonly DevServicesError[] };
  return typeof services === 'object' && Array.isArray(errors);
}

// A command of the configuration alone on the terminal is given it; among others its lines are told apart.
function outputOptions(host: Host, task: string, hasTerminal: boolean): CommandOptions {
  if (hasTerminal) return { stdio: 'inherit', detached: !process.stdin.isTTY };
  return {
    stdio: ['ignore', 'pipe', 'pipe'],
    log(entry) {
      if (entry.kind !== 'stdout' && entry.kind !== 'stderr') return;
      for (const line of entry.data.toString().trimEnd().split('\n')) {
        host.log.info(`${task}: ${line}`);
      }
    },
  };
}
