import { type Clock, plainText, reasonOf, withDeadline } from 'devservices/machine';
import type { CommandShell } from 'devservices/runner';
import type { SshPlace } from '../contract.ts';
import { shellWord } from './shell-word.ts';

/** What came of a login; `isFinal`: trying again changes nothing. */
export type LoginProbe = { isReady: true } | { isReady: false; reason: string; isFinal: boolean };

export interface ProbeLogin {
  $: CommandShell;
  place: Pick<SshPlace, 'host' | 'configFile'>;
  /** Runs there; ends with 0 once the workstation is ready for work. */
  command: readonly string[];
  signal: AbortSignal;
  /** For this one attempt. */
  timeoutMs: number;
  clock: Clock;
}

/**
 * Logs in once by ssh, and runs a command. Asks nobody anything. Rejects with the signal's reason only.
 *
 * @example const probe = await probeLogin({ $, place, command: ['true'], signal, timeoutMs: 15_000, clock });
 */
export async function probeLogin(request: ProbeLogin): Promise<LoginProbe> {
  const { signal, timeoutMs: ms, clock } = request;
  const reason = `no answer within ${ms / 1000} s`;
  const late = { isReady: false, reason, isFinal: false } as const;
  try {
    return await withDeadline(
      { clock, ms, signal },
      (until) => logIn(request, until),
      () => late,
    );
  } catch (error) {
    if (error === late) return late;
    signal.throwIfAborted();
    return { isReady: false, reason: reasonOf(error), isFinal: false };
  }
}

async function logIn({ $, place, command }: ProbeLogin, signal: AbortSignal): Promise<LoginProbe> {
  const run = $({ nothrow: true, quiet: true, exports: false, signal });
  const words = command.map(shellWord).join(' ');
  const { exitCode, stderr } =
    await run`ssh -n -T -F ${place.configFile} -o BatchMode=yes ${place.host} ${words}`;
  if (exitCode === 0) return { isReady: true };
  const said = linesOf(stderr);
  if (exitCode === 127 && said.some((line) => /\bssh: (command )?not found/.test(line))) {
    return { isReady: false, reason: 'ssh is not on the PATH', isFinal: true };
  }
  // Its own failures; the command's status otherwise.
  if (exitCode === 255) {
    const reason = said.join('\n') || 'ssh ended with exit status 255';
    return { isReady: false, reason, isFinal: isForGood(reason) };
  }
  const last = said.at(-1);
  const reason = `\`${words}\` ended with exit status ${exitCode} there${last === undefined ? '' : `: ${last}`}`;
  return { isReady: false, reason, isFinal: false };
}

const mostLines = 20;

function linesOf(stderr: string): readonly string[] {
  return stderr
    .split(/\r?\n/)
    .map((line) => plainText(line).trimEnd())
    .filter((line) => line !== '' && !/^@+$|^Warning: Permanently added /.test(line))
    .slice(-mostLines);
}

function isForGood(reason: string): boolean {
  // While it comes up, it lets nobody in but root.
  if (/booting up|not permitted to log in yet/i.test(reason)) return false;
  return forGood.some((words) => words.test(reason));
}

const forGood: readonly RegExp[] = [
  /Host key verification failed/,
  /REMOTE HOST IDENTIFICATION HAS CHANGED/,
  /Permission denied \(/,
  /Too many authentication failures/,
  /Bad configuration option|terminating, \d+ bad configuration/,
];
