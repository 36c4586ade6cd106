import { closeSync, openSync, readSync } from 'node:fs';
import { type DevServicesError, fileReason } from 'devservices/machine';
import { processErrors } from '../errors.ts';

/** Why a program that is there could not be started. */
export function explainSpawn(
  error: unknown,
  { service, file, user }: { service: string; file: string; user: number | undefined },
): DevServicesError {
  const reason = reasonFor((error as NodeJS.ErrnoException).code, { error, file, user });
  return processErrors.create('DS_PROCESS_START_FAILED', { service, program: file, reason }, error);
}

function reasonFor(
  code: string | undefined,
  { error, file, user }: { error: unknown; file: string; user: number | undefined },
): string {
  if (code === 'ENOENT') {
    const interpreter = interpreterOf(file);
    if (interpreter !== undefined) return `its interpreter ${interpreter} is not there`;
  }
  if (code === 'EACCES' && user !== undefined) return `user ${user} may not run it there`;
  return (code === undefined ? undefined : reasons[code]) ?? fileReason(error);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'what it is linked with is not there',
  E2BIG: 'its arguments and variables are longer than this system takes',
  ENOEXEC: 'it is no program for this machine',
  EAGAIN: 'this user runs too many processes',
  // What Node says quotes the value, which may be a secret.
  ERR_INVALID_ARG_VALUE: 'an argument or a variable has a zero byte in it',
};

function interpreterOf(file: string): string | undefined {
  try {
    const opened = openSync(file, 'r');
    try {
      const start = Buffer.alloc(256);
      const text = start.toString('utf8', 0, readSync(opened, start));
      return /^#!\s*(\S+)/.exec(text)?.[1];
    } finally {
      closeSync(opened);
    }
  } catch {
    return undefined;
  }
}
