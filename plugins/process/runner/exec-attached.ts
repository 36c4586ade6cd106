import { runInForeground } from 'devservices/machine';
import type { AttachedCommand } from 'devservices/runner';
import { processErrors } from '../errors.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { placeOf } from './place-of.ts';

/**
 * Runs a command where the process runs, on the caller's own streams and terminal. Throws DS_COMMAND_NOT_FOUND,
 * DS_COMMAND_NOT_EXECUTABLE and DS_PROCESS_USER_REFUSED.
 */
export async function execAttachedBeside(
  record: ProcessRecord,
  { command, environment, user, workingDir, onSignal, signal, ...streams }: AttachedCommand,
): Promise<number> {
  const { service } = record.target;
  if (user !== undefined) {
    throw processErrors.create('DS_PROCESS_USER_REFUSED', { service, user, shellStatus: 126 });
  }
  const { cwd, env } = placeOf(record);
  return runInForeground(command, {
    cwd: workingDir ?? cwd,
    env: { ...env, ...environment },
    signal,
    take: (listener) => ({
      ...(streams as Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>),
      // The terminal stays as it is: the command reads it itself.
      release: onSignal?.(listener, { keepsTerminal: true }) ?? (() => {}),
    }),
  });
}
