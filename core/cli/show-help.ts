import { taskErrors } from '../errors/catalogue/task.ts';
import type { Output } from '../render/renderer.ts';
import type { TextStyle } from '../task-spec.ts';
import { discoverTasks, findTaskPlaces } from '../tasks/discover-tasks.ts';
import { describeTask } from '../tasks/task-metadata.ts';
import type { Task } from '../tasks/define-task.ts';
import { listingText, taskHelpText } from './help.ts';
import type { CommandLine } from './parse-globals.ts';
import { readVersion } from './version.ts';

export interface HelpRequest {
  readonly line: CommandLine;
  readonly started: Task | undefined;
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
    out.write(json ? jsonText(describeTask(started)) : taskHelpText(describeTask(started), style));
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
  out.write(json ? jsonText(task) : taskHelpText(task, style));
}

const jsonText = (document: unknown): string => `${JSON.stringify(document, null, 2)}\n`;
