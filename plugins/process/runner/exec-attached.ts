import { runInForeground } from 'devservices/machine';
import type { AttachedCommand } from 'devservices/runner';
import { processErrors } from '../errors.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { commandBeside } from './command-beside.ts';

/**
 * Runs a command where the process runs, on the caller's own streams and terminal. Throws
 * DS_PROCESS_NOT_FOUND, DS_PROCESS_NOT_EXECUTABLE, DS_PROCESS_CWD_MISSING and DS_PROCESS_USER_REFUSED.
 */
export async function execAttachedBeside(
  record: ProcessRecord,
  { command, environment, user, workingDir, onSignal, signal, ...streams }: AttachedCommand,
): Promise<number> {
  const { service } = record.target;
  if (user !== undefined) {
    throw processErrors.create('DS_PROCESS_USER_REFUSED', { service, user, shellStatus: 126 });
  }
  const { file, args, options } = commandBeside(record, command);
  const { cwd, env, uid, gid } = options;
  return runInForeground([file, ...args], {
    cwd: workingDir ?? cwd,
    env: { ...env, ...environment },
    ...(uid !== undefined && gid !== undefined && { user: { uid, gid } }),
    signal,
    take: (listener) => ({
      ...(streams as Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>),
      // The terminal stays as it is: the command reads it itself.
      release: onSignal?.(listener, { keepsTerminal: true }) ?? (() => {}),
    }),
  });
}
