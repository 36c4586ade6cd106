import { asErrors } from '../errors/as-error.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import type { DevServicesError } from '../errors/error.ts';
import { reportError } from '../errors/report-error.ts';
import type { ServiceReport, TaskFinished } from '../events.ts';
import type { Host } from '../host.ts';
import { describeCauses } from '../render/render-error.ts';
import {
  createTaskEngine,
  isOutcome,
  type TaskEngineOptions,
} from '../tasks/create-task-engine.ts';
import type { FoundTask } from '../tasks/find-task.ts';
import { runTasks } from '../tasks/run-tasks.ts';
import { passedStatus, resolveTaskExitCode } from '../tasks/task-exit-code.ts';
import type { StageEnd } from './create-stage.ts';
import { resultOf } from './result-of.ts';
import { readVersion } from './version.ts';

/** What a task that was found is run with. */
export interface PreparedTask {
  args: Readonly<Record<string, unknown>>;
  /** It answers a question: what it gives is its answer, and no result of an act. */
  isQuery: boolean;
  engine: Omit<TaskEngineOptions, 'host' | 'onServices'>;
}

export interface TaskConduct {
  host: Host;
  /** As its events have it. */
  name: string;
  /** Of a task that cannot even be found, whether a failure is that of a command's caller. */
  passesStatus: boolean;
  find(): Promise<FoundTask>;
  /** Reads its arguments. */
  prepare(found: FoundTask): Promise<PreparedTask>;
}

/** Runs one task in its host, from its first event on, and sums up what came of it; the last is to be told yet. */
export async function conductTask({ host, name, ...task }: TaskConduct): Promise<{
  end: StageEnd;
  finished: TaskFinished;
}> {
  const beganMs = host.clock.monotonic();
  host.events.emit({ event: 'task-started', task: name, pid: process.pid, version: readVersion() });
  const services: Record<string, ServiceReport> = {};
  let { passesStatus } = task;
  let errors: DevServicesError[] = [];
  let end: StageEnd = { hasTimings: false };
  let given: Pick<TaskFinished, 'result'> = {};
  let found: FoundTask | undefined;
  let status = 0;
  try {
    found = await task.find();
    passesStatus = found.task.passesStatus === true;
    const { args, isQuery, ...prepared } = await task.prepare(found);
    const engine = createTaskEngine({
      ...prepared.engine,
      host,
      onServices: (changed) => void Object.assign(services, changed),
    });
    const result = await runTasks(engine, found.called, args);
    if (passesStatus) status = statusOf(found, result);
    // What an answer says of itself: bad news are told, and end with a status of their own.
    else if (found.task.render) status = passedStatus(result) ?? 0;
    const hasTimings = args['timings'] === true;
    end = { ...answerOf(found, result), hasTimings, isCommands: passesStatus };
    if (!isQuery) end = { ...end, ...onceOf(found, result) };
    if (!isQuery && !passesStatus) given = resultOf(result);
  } catch (thrown) {
    // An `up` that was cut short has not told; what tasks told since counts more.
    Object.assign(services, { ...host.outcome().services, ...services });
    errors = [...new Set(asErrors(host.signal.aborted ? host.signal.reason : thrown))];
  }

  const [first] = errors;
  if (found?.task.endsByInterrupt && first?.code === 'DS_TASK_INTERRUPTED') {
    status = resolveTaskExitCode(errors);
    errors = [];
  }
  // Through the log, where secrets are taken out.
  for (const error of errors) host.log.debug(describeCauses(error));
  const exitCode = errors.length === 0 ? status : resolveTaskExitCode(errors, { passesStatus });
  const finished: TaskFinished = {
    event: `${name}-finished`,
    ok: exitCode === 0,
    exitCode,
    elapsedMs: Math.round(host.clock.monotonic() - beganMs),
    errors: errors.map(reportError),
    services,
    ...given,
  };
  return { end, finished };
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

function onceOf({ task }: FoundTask, result: unknown): Pick<StageEnd, 'once'> {
  return task.tellOnce ? { once: task.tellOnce(result) } : {};
}
