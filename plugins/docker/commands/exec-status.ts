import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';

const firstPauseMs = 5;
const longestPauseMs = 200;

/** How a command inside a container stands; `pid` is 0 where it was never started. */
export interface ExecStatus {
  isRunning: boolean;
  exitCode: number;
  pid: number;
}

export async function readExecStatus(exec: Dockerode.Exec): Promise<ExecStatus> {
  const { Running, ExitCode, Pid } = await exec.inspect();
  // A command whose end is not noted yet has no status, and "is not running" besides on some engines.
  return { isRunning: Running || ExitCode === null, exitCode: ExitCode ?? 0, pid: Pid };
}

/**
 * Waits for the end of a command whose output has ended: the engine notes it a moment later, and a
 * command may go on with its output closed.
 */
export async function awaitExecEnd(
  exec: Dockerode.Exec,
  signal?: AbortSignal,
): Promise<ExecStatus> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const status = await readExecStatus(exec);
    if (!status.isRunning) return status;
    await sleep(pauseMs, undefined, signal ? { signal } : {});
  }
}
