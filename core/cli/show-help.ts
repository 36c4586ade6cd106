import { taskErrors } from '../errors/catalogue/task.ts';
import type { Output } from '../render/renderer.ts';
import type { TextStyle } from '../task-spec.ts';
import { discoverTasks, findTaskPlaces } from '../tasks/discover-tasks.ts';
import { describeTask, type TaskMetadata } from '../tasks/task-metadata.ts';
import { matchCommand, unknownCommand } from '../tasks/choose-command.ts';
import type { CommandTask, Task } from '../tasks/define-task.ts';
import { listingText, taskHelpText } from './help.ts';
import type { CommandLine } from './parse-globals.ts';
import { readVersion } from './version.ts';

export interface HelpRequest {
  readonly line: CommandLine;
  readonly started: Task | CommandTask | undefined;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: Output;
  readonly style: TextStyle;
}

/** Prints the listing, or how one task is used, without running any code of the repo. */
export async function showHelp(request: HelpRequest): Promise<void> {
  const { line, started, cwd, env, out } = request;
  // Into a file or a pipe a line may be as long as it is.
  const style = out.isTerminal ? request.style : { ...request.style, columns: 10_000 };
  const { config, json } = line.globals;
  if (started) {
    const described = narrowToCommand(describeTask(started), line.rest);
    out.write(json ? jsonText(described) : taskHelpText(described, style));
    return;
  }
  const tasks = await discoverTasks(findTaskPlaces({ cwd, configFile: config, env }));
  if (line.task === undefined) {
    const version = readVersion();
    const all = [...tasks.values()];
    out.write(json ? jsonText({ version, tasks: all }) : listingText(all, { version, style }));
    return;
  }
  const task = tasks.get(line.task);
  if (!task) {
    throw taskErrors.create('DS_TASK_UNKNOWN', { name: line.task, known: [...tasks.keys()] });
  }
  const described = narrowToCommand(task, line.rest);
  out.write(json ? jsonText(described) : taskHelpText(described, style));
}

/** Of a task's commands the one that the line names, as if it were a task, or the group of them. */
function narrowToCommand<Described extends TaskMetadata>(
  task: Described,
  line: readonly string[],
): Described {
  const { commands, ...whole } = task;
  // Where only running it would tell the commands, help shows what is known.
  if (!commands) return task;
  const known = Object.keys(commands);
  const { command, group, rest } = matchCommand(known, line);
  if (command !== undefined) {
    return { ...whole, name: `${task.name} ${command}`, ...commands[command] } as Described;
  }
  if (rest[0] !== undefined && !rest[0].startsWith('-')) {
    throw unknownCommand(task.name, known, { line });
  }
  if (group === '') return task;
  const below = Object.entries(commands).filter(([name]) => name.startsWith(`${group} `));
  const shown = below.map(([name, described]) => [name.slice(group.length + 1), described]);
  return { ...task, name: `${task.name} ${group}`, commands: Object.fromEntries(shown) };
}

const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;
