import { readdirSync, readFileSync } from 'node:fs';
import type { Clock } from 'devservices/machine';

const firstPauseMs = 1;
const longestPauseMs = 20;
const deadlineMs = 1000;

/**
 * Resolves when no thread of these processes runs any more after SIGSTOP: until then one may be in the
 * middle of a write. False where one did not stop within a second. Where the system has no /proc it
 * waits a moment.
 */
export async function waitStopped(pids: readonly number[], clock: Clock): Promise<boolean> {
  if (process.platform !== 'linux') return clock.sleep(longestPauseMs).then(() => true);
  const end = clock.monotonic() + deadlineMs;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (pids.every(isStopped)) return true;
    if (clock.monotonic() >= end) return false;
    await clock.sleep(pauseMs);
  }
}

// Stopped, traced, or dead: none of them writes.
const still = new Set(['T', 't', 'Z', 'X', 'x']);

function isStopped(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/task`).every((thread) => {
      const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      return still.has(stat.charAt(stat.lastIndexOf(')') + 2));
    });
  } catch {
    // A thread that ended while we looked is looked for once more; a process that did is done.
    return !isThere(pid);
  }
}

function isThere(pid: number): boolean {
  try {
    readdirSync(`/proc/${pid}/task`);
    return true;
  } catch {
    return false;
  }
}
