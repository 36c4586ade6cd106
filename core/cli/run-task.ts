import { asErrors } from '../errors/as-error.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import type { DevServicesError } from '../errors/error.ts';
import { reportError } from '../errors/report-error.ts';
import type { ServiceReport, TaskFinished } from '../events.ts';
import { createHost, type Host } from '../host.ts';
import { loadModule } from '../config/load-module.ts';
import { resolveCacheHome } from '../identity/state-home.ts';
import { ownUrl } from '../own-url.ts';
import { describeCauses } from '../render/render-error.ts';
import { isBuiltInFile } from '../tasks/built-in.ts';
import { likelyTask } from '../tasks/choose-command.ts';
import type { CommandTask, Task } from '../tasks/define-task.ts';
import { createTaskEngine, isOutcome } from '../tasks/create-task-engine.ts';
import { findTaskPlaces } from '../tasks/discover-tasks.ts';
import { createTaskFinder, type FoundTask } from '../tasks/find-task.ts';
import { blameTask } from '../tasks/blame-task.ts';
import { runTasks } from '../tasks/run-tasks.ts';
import { passedStatus, resolveTaskExitCode } from '../tasks/task-exit-code.ts';
import { createForeground } from './create-foreground.ts';
import { confirm } from './confirm.ts';
import { createStage, type StageEnd, type StageKind, type StageRequest } from './create-stage.ts';
import type { MainOptions } from './main.ts';
import { parseArguments } from './parse-arguments.ts';
import type { CommandLine, GlobalFlags } from './parse-globals.ts';
import { resultOf } from './result-of.ts';
import { readVersion } from './version.ts';
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

  const beganMs = host.clock.monotonic();
  host.events.emit({ event: 'task-started', task: name, pid: process.pid, version: readVersion() });
  const services: Record<string, ServiceReport> = {};
  let errors: DevServicesError[] = [];
  let end: StageEnd = { hasTimings: false };
  let given: Pick<TaskFinished, 'result'> = {};
  // Of a task that cannot even be found, only the file that was started tells.
  const started = request.task && likelyTask(request.task, line.rest);
  let passesStatus = started?.passesStatus === true;
  let isQuery = false;
  let status = 0;
  try {
    const finder = createFinder(host, request, (likely) => {
      const task = found ? undefined : likelyTask(likely, line.rest);
      // Whether it answers or acts may be for its arguments to say.
      if (task && !task.answers) stage.open(kindOf(task));
    });
    const chosen = await finder.choose(name, line.rest);
    found = chosen.found;
    const { task, called } = found;
    if (!task.answers) stage.open(kindOf(task));
    ({ passesStatus, isQuery } = kindOf(task));
    const args = await parseArguments(called, task.args ?? {}, chosen.rest);
    if (task.answers) {
      isQuery = task.answers(args as never);
      stage.open({ ...kindOf(task), isQuery });
    }
    const engine = createTaskEngine({
      host,
      finder,
      isInteractive: !globals.json,
      onTerminal: stage.yieldTerminal,
      foreground: createForeground({
        cwd,
        env,
        stdin: () => request.stdin ?? process.stdin,
        // stdout is for JSON alone, unless it is the command's.
        stdout: globals.json && !passesStatus ? request.stderr : request.stdout,
        stderr: request.stderr,
        process: request.process,
        watcher,
        signal: host.signal,
        clock: host.clock,
        onTerminal: stage.yieldTerminal,
      }),
      onServices: (changed) => void Object.assign(services, changed),
    });
    const result = await runTasks(engine, called, args);
    if (passesStatus) status = statusOf(found, result);
    // What an answer says of itself: bad news are told, and end with a status of their own.
    else if (found.task.render) status = passedStatus(result) ?? 0;
    const hasTimings = args['timings'] === true;
    end = { ...answerOf(found, result), hasTimings, isCommands: passesStatus };
    if (!isQuery && !passesStatus) given = resultOf(result);
  } catch (thrown) {
    // An `up` that was cut short has not told; what tasks told since counts more.
    Object.assign(services, { ...host.outcome().services, ...services });
    errors = [
      ...new Set(asErrors(interruption.signal.aborted ? interruption.signal.reason : thrown)),
    ];
  }

  const [first] = errors;
  if (found?.task.endsByInterrupt && first?.code === 'DS_TASK_INTERRUPTED') {
    status = resolveTaskExitCode(errors);
    errors = [];
  }
  // Through the log, where secrets are taken out.
  for (const error of errors) host.log.debug(describeCauses(error));
  const exitCode = errors.length === 0 ? status : resolveTaskExitCode(errors, { passesStatus });
  stage.finish(end, {
    event: `${name}-finished`,
    ok: exitCode === 0,
    exitCode,
    elapsedMs: Math.round(host.clock.monotonic() - beganMs),
    errors: errors.map(reportError),
    services,
    ...given,
  });
  await host.close();
  over.abort();
  watcher.stop();
  stage.close();
  return exitCode;
}

function statusOf({ task, called }: FoundTask, result: unknown): number {
  const status = passedStatus(result);
  if (status !== undefined) return status;
  const problem = `gives no exit status in the task ${called}, whose \`passesStatus\` says that it does`;
  throw taskErrors.create('DS_TASK_INVALID', { source: task.source, problem });
}

function answerOf({ task }: FoundTask, result: unknown): Pick<StageEnd, 'answer'> {
  const { render } = task;
  if (!render || isOutcome(result)) return {};
  return { answer: { document: result, text: (style) => render.call(task, result, style) } };
}

const kindOf = ({ render, passesStatus }: Task): StageKind => ({
  isQuery: render !== undefined,
  passesStatus: passesStatus === true,
});

function createFinder(
  host: Host,
  { task, line, cwd, env }: TaskRequest,
  onLikely: (task: Task | CommandTask) => void,
) {
  const places = findTaskPlaces({ cwd, configFile: line.globals.config, env });
  const loading = { cacheFolder: resolveCacheHome(env), library: ownUrl() };
  return createTaskFinder({
    host,
    places,
    load: (file) => loadModule(file, loading),
    onLikely,
    started: task && { task, origin: isBuiltInFile(task.source) ? 'built-in' : 'repo' },
  });
}

function hostArguments({ config, project, engine, set, verbose }: GlobalFlags): string[] {
  const valued = Object.entries({ config, project, engine });
  return [
    ...valued.flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    // As a layer above the project's own level, which `initialize` sets.
    ...(verbose ? ['--set=options.log\\.level=debug'] : []),
    ...set.map((assignment) => `--set=${assignment}`),
  ];
}
