import { DevServicesError } from 'devservices';
import type { ProjectAccess } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import { withProblem } from '../app/problem.ts';
import { apiErrors } from '../errors.ts';

/** What a task came to. */
export type TaskFinished = Awaited<ReturnType<ProjectAccess['run']>>;

/** The tasks that calls start, one after another: each would wait for the checkout's lock anyway. */
export interface ServiceActions {
  /**
   * Runs a task when those before it are over; whoever asked may leave. Throws its first error, with all
   * `errors` and `services`, where it came to no good end, and DS_API_CLOSED.
   */
  run(
    task: 'up' | 'down' | 'restart',
    args: Readonly<Record<string, unknown>>,
  ): Promise<TaskFinished>;
}

/** One for each API; what runs is aborted when that is closed. `onDone`: something may be otherwise now. */
export function createServiceActions(
  { project, signal }: Pick<ApiContext, 'project' | 'signal'>,
  onDone: () => void,
): ServiceActions {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(task, args) {
      const mine = last.then(async () => {
        if (signal.aborted) throw apiErrors.create('DS_API_CLOSED', {});
        try {
          return await project.run(task, args, { signal });
        } finally {
          onDone();
        }
      });
      last = mine.catch(() => {});
      return mine.then((finished) => {
        if (finished.ok) return finished;
        throw signal.aborted ? apiErrors.create('DS_API_CLOSED', {}) : failureOf(task, finished);
      });
    },
  };
}

function failureOf(task: string, finished: TaskFinished): DevServicesError {
  const { errors, services, exitCode } = finished;
  const [first] = errors;
  const error = first
    ? new DevServicesError({ ...first, code: first.code as DevServicesError['code'] })
    : apiErrors.create('DS_API_TASK_FAILED', { task, exitCode });
  // It was tried: whatever was in the way of a service, this is what came of the call.
  const isOutcome = error.blame === 'outcome' || error.blame === 'environment';
  return withProblem(error, { errors, services, ...(isOutcome && { status: 409 }) });
}
