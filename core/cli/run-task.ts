import { asErrors } from '../errors/as-error.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import { createHost } from '../host.ts';
import { blameTask } from '../tasks/blame-task.ts';
import { likelyTask } from '../tasks/choose-command.ts';
import type { Task } from '../tasks/define-task.ts';
import type { FoundTask } from '../tasks/find-task.ts';
import { conductTask } from './conduct-task.ts';
import { confirm } from './confirm.ts';
import { createForeground } from './create-foreground.ts';
import { createHostFinder } from './create-host-finder.ts';
import { createStage, type StageKind, type StageRequest } from './create-stage.ts';
import type { MainOptions } from './main.ts';
import { parseArguments } from './parse-arguments.ts';
import type { CommandLine, GlobalFlags } from './parse-globals.ts';
import { watchProcess } from './watch-process.ts';

export interface TaskRequest extends MainOptions, StageRequest {
  line: CommandLine & { task: string };
}

// Who presses twice in haste, as people do, means it once.
const secondSignalMs = 1000;

/** Runs one task in a host of its own, shows what happens, and gives the exit status. */
export async function runTask(request: TaskRequest): Promise<number> {
  const { line, cwd, env } = request;
  const { task: name, globals } = line;
  const interruption = new AbortController();
  const host = createHost({
    cwd,
    env,
    argv: hostArguments(globals),
    signal: interruption.signal,
    ask(question) {
      const [input, output] = [request.stdin ?? process.stdin, request.stderr];
      if (globals.json || !input.isTTY || !output.isTTY) return undefined;
      return confirm({ task: name, question, input, output, signal: interruption.signal });
    },
    ...request.host,
  });
  const stage = createStage(host, request);
  const over = new AbortController();
  let isPressed = false;
  let found: FoundTask | undefined;
  const watcher = watchProcess(request.process, {
    isVerbose: globals.verbose,
    onInterrupt(reason) {
      if (!found?.task.endsByInterrupt) {
        host.log.info('Stopping; once more, and it ends within a second.');
      }
      interruption.abort(reason);
    },
    onSecondSignal(exitCode) {
      const endNow = (): void => {
        stage.close();
        request.exit(exitCode);
      };
      if (isPressed) return endNow();
      isPressed = true;
      // What is being cleared up is as a rule done in a moment; cut off, it would stay half-made.
      void host.clock.sleep(secondSignalMs, over.signal).then(endNow, () => {});
    },
    onWarning: (text) => host.log.warn(text),
    onUncaught(thrown) {
      const errors = found ? blameTask(thrown, found) : asErrors(thrown);
      interruption.abort(errors.length === 1 ? errors[0] : new AggregateError(errors));
    },
  });
  stage.onUnread(() => {
    interruption.abort(taskErrors.create('DS_TASK_INTERRUPTED', { signal: 'SIGPIPE' }));
  });

  // Of a task that cannot even be found, only the file that was started tells.
  const started = request.task && likelyTask(request.task, line.rest);
  const finder = createHostFinder(host, {
    ...request,
    configFile: globals.config,
    started: request.task,
    onLikely(likely) {
      const task = found ? undefined : likelyTask(likely, line.rest);
      // Whether it answers or acts may be for its arguments to say.
      if (task && !task.answers) stage.open(kindOf(task));
    },
  });
  let rest: readonly string[] = [];
  const { end, finished } = await conductTask({
    host,
    name,
    passesStatus: started?.passesStatus === true,
    async find() {
      ({ found, rest } = await finder.choose(name, line.rest));
      if (!found.task.answers) stage.open(kindOf(found.task));
      return found;
    },
    async prepare({ task, called }) {
      const args = await parseArguments(called, task.args ?? {}, rest);
      const kind = kindOf(task);
      const isQuery = task.answers ? task.answers(args as never) : kind.isQuery;
      if (task.answers) stage.open({ ...kind, isQuery });
      const onTerminal = stage.yieldTerminal;
      const foreground = createForeground({
        cwd,
        env,
        stdin: () => request.stdin ?? process.stdin,
        // stdout is for JSON alone, unless it is the command's.
        stdout: globals.json && !kind.passesStatus ? request.stderr : request.stdout,
        stderr: request.stderr,
        process: request.process,
        watcher,
        signal: host.signal,
        clock: host.clock,
        onTerminal,
      });
      const engine = { finder, isInteractive: !globals.json, onTerminal, foreground };
      return { args, isQuery, engine };
    },
  });
  stage.finish(end, finished);
  await host.close();
  over.abort();
  watcher.stop();
  stage.close();
  return finished.exitCode;
}

const kindOf = ({ render, passesStatus }: Task): StageKind => ({
  isQuery: render !== undefined,
  passesStatus: passesStatus === true,
});

function hostArguments({
  config,
  project,
  engine,
  set,
  verbose,
  noTelemetry,
}: GlobalFlags): string[] {
  const valued = Object.entries({ config, project, engine });
  return [
    ...valued.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    // As a layer above the project's own level, which `initialize` sets.
    ...(verbose ? ['--set=options.log\\.level=debug'] : []),
    ...set.map((assignment) => `--set=${assignment}`),
    ...(noTelemetry ? ['--no-telemetry'] : []),
  ];
}
