import type { CommandOptions } from '../command.ts';
import { createShell } from '../command.ts';
import type { Foreground } from '../command-foreground.ts';
import type { Host } from '../host.ts';
import type { Permissions } from '../permissions/permissions.ts';
import type { ArgumentsOf, ArgumentSpec, TaskContext } from '../task-spec.ts';
import { createLogger } from '../log.ts';
import type { FoundTask } from './find-task.ts';
import type { TaskCall } from './run-tasks.ts';

/** What a task's `run` gets; its `$` runs what the task may run, and learns what services export. */
export async function createTaskContext(
  host: Host,
  { task: found, args, run }: TaskCall<FoundTask>,
  shell: { options: CommandOptions; onTerminal(): void; foreground: Foreground },
): Promise<TaskContext<Host, ArgumentsOf<ArgumentSpec>>> {
  const { task, called, origin, plugin } = found;
  const initialize = () => host.initialize(task.name);
  return {
    host,
    args: args as ArgumentsOf<ArgumentSpec>,
    $: createShell(
      {
        who: `The task ${called}`,
        allowed: await allowedCommands(host, found),
        cwd: origin === 'built-in' ? process.cwd() : host.root,
        async env() {
          await initialize();
          return host.exports();
        },
        signal: host.signal,
        clock: host.clock,
        onTerminal: shell.onTerminal,
      },
      shell.options,
    ),
    foreground: shell.foreground,
    log: origin === 'plugin' ? createLogger(host.events, plugin) : host.log,
    signal: host.signal,
    run,
    async use(token) {
      await initialize();
      return host.use(token);
    },
  };
}

// A plugin's task may run what it declares; a repo's own everything, unless it or the configuration says less.
async function allowedCommands(
  host: Host,
  { task, origin }: FoundTask,
): Promise<readonly string[] | 'all'> {
  if (origin === 'built-in') return 'all';
  if (origin === 'plugin') return task.permissions?.run ?? [];
  const { permissions } = await host.configure();
  return narrow(narrow('all', permissions), task.permissions);
}

function narrow(
  allowed: readonly string[] | 'all',
  permissions: Permissions | undefined,
): readonly string[] | 'all' {
  if (permissions === undefined) return allowed;
  const asked = permissions.run ?? [];
  return allowed === 'all' ? asked : asked.filter((name) => allowed.includes(name));
}
