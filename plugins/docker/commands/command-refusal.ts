import { dockerErrors } from '../errors.ts';
import { reasonOf, statusOf } from '../engine/engine-failure.ts';

interface Refused {
  service: string;
  command: string;
}

/** What an engine said of a command that it could not start, as an error that says who can mend it. */
export function commandRefusal(reason: string, { service, command }: Refused): Error {
  const shellStatus = shellStatusOf(reason);
  const facts = { service, command, reason, ...(shellStatus ? { shellStatus } : {}) };
  return dockerErrors.create('DS_DOCKER_COMMAND_REFUSED', facts);
}

/** The same of a refused request; undefined where the command is not to blame. */
export function requestRefusal(thrown: unknown, refused: Refused): Error | undefined {
  const reason = statusOf(thrown) === undefined ? '' : reasonOf(thrown);
  const isCommands = shellStatusOf(reason) !== undefined || /find user|chdir/.test(reason);
  return isCommands ? commandRefusal(reason, refused) : undefined;
}

/** Whether a text may be an engine's, in place of what a command would have printed. */
export const looksLikeRefusal = (text: string): boolean =>
  /OCI |\b(crun|runc)\b|exec failed|find user|container process/.test(text);

// Runtimes say the same in words of their own, with the way there in front.
function shellStatusOf(reason: string): 126 | 127 | undefined {
  // The working folder, not the command.
  if (/chdir|cwd/.test(reason)) return undefined;
  if (/permission denied|is a directory|exec format error/i.test(reason)) return 126;
  return /not found|no such file or directory/i.test(reason) ? 127 : undefined;
}
