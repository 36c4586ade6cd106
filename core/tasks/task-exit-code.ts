import type { DevServicesError } from '../errors/error.ts';
import { resolveExitCode } from '../errors/exit-code.ts';

const interrupted: Readonly<Record<string, number>> = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 };

/**
 * The exit status of a task that ended with these errors: an interruption's before all, and a failed
 * command's own where nothing graver went wrong. Of a task that passes a command's status on, every
 * failure is ours: 125, or what a shell says of a command that cannot be run.
 */
export function resolveTaskExitCode(
  errors: readonly DevServicesError[],
  { passesStatus = false }: { passesStatus?: boolean | undefined } = {},
): number {
  const interruption = errors.find(({ code }) => code === 'DS_TASK_INTERRUPTED');
  if (interruption) return interrupted[String(interruption.facts['signal'])] ?? 130;
  if (passesStatus && errors.length > 0) {
    const statuses = errors.map(({ facts }) => facts['shellStatus']);
    return statuses.find((status) => status === 126 || status === 127) ?? 125;
  }
  const code = resolveExitCode(errors);
  const command = errors.find((error) => error.code === 'DS_TASK_COMMAND_FAILED');
  return code === 1 && command ? Number(command.facts['exitCode']) : code;
}

/** The status that such a task gave; undefined where it gave none. */
export function passedStatus(result: unknown): number | undefined {
  if (typeof result !== 'object' || result === null || !('exitCode' in result)) return undefined;
  const { exitCode } = result;
  const isStatus = Number.isInteger(exitCode) && Number(exitCode) >= 0 && Number(exitCode) <= 255;
  return isStatus ? Number(exitCode) : undefined;
}
