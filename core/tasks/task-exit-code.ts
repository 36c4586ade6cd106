import type { DevServicesError } from '../errors/error.ts';
import { resolveExitCode } from '../errors/exit-code.ts';

const interrupted: Readonly<Record<string, number>> = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 };

/**
 * The exit status of a task that ended with these errors: an interruption's before all, and a failed
 * command's own where nothing graver went wrong.
 */
export function resolveTaskExitCode(errors: readonly DevServicesError[]): number {
  const interruption = errors.find(({ code }) => code === 'DS_TASK_INTERRUPTED');
  if (interruption) return interrupted[String(interruption.facts['signal'])] ?? 130;
  const code = resolveExitCode(errors);
  const command = errors.find((error) => error.code === 'DS_TASK_COMMAND_FAILED');
  return code === 1 && command ? Number(command.facts['exitCode']) : code;
}
