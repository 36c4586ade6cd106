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
  switch (code) {
    case 'ENOENT': {
      const interpreter = interpreterOf(file);
      return interpreter === undefined
        ? 'what it is linked with is not there'
        : `its interpreter ${interpreter} is not there`;
    }
    case 'EACCES':
      return user === undefined ? 'permission denied' : `user ${user} may not run it there`;
    case 'E2BIG':
      return 'its arguments and variables are longer than this system takes';
    case 'ENOEXEC':
      return 'it is no program for this machine';
    case 'EAGAIN':
      return 'this user runs too many processes';
    case 'ERR_INVALID_ARG_VALUE':
      // What Node says quotes the value, which may be a secret.
      return 'an argument or a variable has a zero byte in it';
    default:
      return fileReason(error);
  }
}

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
