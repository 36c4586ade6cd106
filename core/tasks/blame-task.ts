import { asErrors, reasonOf } from '../errors/as-error.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { taskErrors } from '../errors/catalogue/task.ts';
import { type DevServicesError, isDevServicesError } from '../errors/error.ts';
import type { FoundTask } from './find-task.ts';

/** What a task threw, as errors that name who has to act. */
export function blameTask(thrown: unknown, found: FoundTask): DevServicesError[] {
  const { task, called, origin, plugin } = found;
  if (thrown instanceof AggregateError) {
    return thrown.errors.flatMap((part) => blameTask(part, found));
  }
  if (isDevServicesError(thrown)) return [thrown];
  // zx wraps what went wrong before the command was started.
  if (thrown instanceof Error && isDevServicesError(thrown.cause)) return [thrown.cause];
  const reason = commandReasonOf(thrown) ?? reasonOf(thrown);
  if (origin === 'plugin') {
    const facts = { plugin: plugin ?? task.source, where: `the task ${called}`, reason };
    return [pluginErrors.create('DS_PLUGIN_THREW', facts, thrown)];
  }
  if (origin === 'built-in') return asErrors(thrown);
  return [taskErrors.create('DS_TASK_THREW', { task: called, reason }, thrown)];
}

// The message of zx's own error is a block of lines about where and how.
function commandReasonOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('stderr' in thrown) || !('exitCode' in thrown)) return;
  const said = String(thrown.stderr).trim().split('\n').slice(-5).join('\n');
  const ended =
    thrown.exitCode === null && 'signal' in thrown
      ? `was ended by ${String(thrown.signal)}`
      : `ended with exit code ${String(thrown.exitCode)}`;
  return `a command ${ended}${said === '' ? '.' : `: ${said}`}`;
}
