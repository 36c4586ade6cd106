import { systemClock } from '../clock.ts';
import { asErrors } from '../errors/as-error.ts';
import { resolveExitCode } from '../errors/exit-code.ts';
import { reportError } from '../errors/report-error.ts';
import type { TaskFinished } from '../events.ts';
import type { HostOptions } from '../host-contract.ts';
import { describeCauses, renderError } from '../render/render-error.ts';
import { createTextStyle, wantsColour } from '../render/text-style.ts';
import type { CommandTask, Task } from '../tasks/define-task.ts';
import { openOutput } from './open-output.ts';
import { type CommandLine, parseGlobals } from './parse-globals.ts';
import type { ProcessEvents } from './watch-process.ts';

export interface MainOptions {
  /** What stands behind the program's name. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** For commands that tasks run for their caller. Default: the process's own. */
  stdin?: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** The task whose file was started by itself (`tsx tasks/up.ts`). */
  task?: Task | CommandTask | undefined;
  /** Where signals, warnings and uncaught errors come from. */
  process: ProcessEvents;
  /** Ends the process at once: for a second Ctrl-C. */
  exit(code: number): void;
  /** Of the host: for tests with another clock or other plugins. */
  host?: Pick<HostOptions, 'clock' | 'builtInPlugins' | 'since'>;
}

/** The command line: runs one task, or shows help. Gives the exit status and never throws. */
export async function main(options: MainOptions): Promise<number> {
  const { argv, env, cwd, task: started } = options;
  let onGone = (): void => {};
  const out = openOutput(options.stdout, () => onGone());
  const err = openOutput(options.stderr);
  let line: CommandLine | undefined;
  const styleOf = ({ isTerminal, columns }: typeof out) => {
    const noColor = line?.globals.noColor ?? argv.includes('--no-color');
    return createTextStyle({ isColoured: wantsColour({ noColor, isTerminal, env }), columns });
  };
  try {
    line = parseGlobals(argv, started?.name);
    if (line.globals.version) {
      const { readVersion } = await import('./version.ts');
      out.write(`${readVersion()}\n`);
      return 0;
    }
    if (line.globals.help || line.task === undefined) {
      const { showHelp } = await import('./show-help.ts');
      await showHelp({ line, started, cwd, env, out, style: styleOf(out) });
      return 0;
    }
    const { runTask } = await import('./run-task.ts');
    return await runTask({
      ...options,
      out,
      err,
      onOutputGone: (listener) => void (onGone = listener),
      line: { ...line, task: line.task },
    });
  } catch (thrown) {
    // There is no host that could tell: the command line itself, or loading us, is what failed.
    const errors = asErrors(thrown);
    const isVerbose = line?.globals.verbose ?? argv.includes('--verbose');
    for (const error of errors) {
      err.write(`${renderError(error, styleOf(err))}\n`);
      if (isVerbose) err.write(`${describeCauses(error)}\n`);
    }
    const passesStatus = await wouldPassStatus(argv, started);
    const exitCode = passesStatus ? 125 : resolveExitCode(errors);
    const isJson = line?.globals.json ?? argv.includes('--json');
    if (isJson) {
      const finished: TaskFinished = {
        event: `${line?.task ?? started?.name ?? 'devservices'}-finished`,
        ok: false,
        exitCode,
        elapsedMs: 0,
        errors: errors.map(reportError),
        services: {},
      };
      const at = new Date((options.host?.clock ?? systemClock).now()).toISOString();
      const end = `${JSON.stringify({ ...finished, at, project: '' })}\n`;
      if (passesStatus) err.write(end);
      else out.write(end);
    }
    return exitCode;
  }
}

// The line was not understood: the first word that is a task's name is taken for it.
async function wouldPassStatus(
  argv: readonly string[],
  started?: Task | CommandTask,
): Promise<boolean> {
  const { likelyTask } = await import('../tasks/choose-command.ts');
  if (started) return likelyTask(started, argv)?.passesStatus === true;
  const { builtInTasks } = await import('../tasks/built-in.ts');
  const at = argv.findIndex((word) => Object.hasOwn(builtInTasks, word));
  const load = builtInTasks[argv[at] ?? ''];
  const task = (await load?.())?.default as Task | CommandTask | undefined;
  return task !== undefined && likelyTask(task, argv.slice(at + 1))?.passesStatus === true;
}
