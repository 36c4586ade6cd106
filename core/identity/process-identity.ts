import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { isZombie, readProcessStat } from './process-stat.ts';

/** Who a process is: its pid alone is given to strangers later, with start time and boot it is not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to its start; empty where the system does not say. */
  startTicks: string;
  /** Empty where the system does not say. */
  bootId: string;
}

/** The identity of a living process, or undefined (a zombie is gone: nothing of it runs). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  if (process.platform !== 'linux') {
    return isSignalable(pid) ? { pid, startTicks: '', bootId: '' } : undefined;
  }
  const stat = readProcessStat(pid);
  if (stat === undefined || isZombie(stat)) return undefined;
  return { pid, startTicks: stat.startTicks, bootId: readBootId() };
}

/** Whether exactly this process still lives; `sinceMs` is a time (since the epoch) at which it did. */
export function isAlive(identity: ProcessIdentity, sinceMs: number): boolean {
  const found = identifyProcess(identity.pid);
  if (found === undefined) return false;
  if (identity.bootId === '') return sinceMs >= Date.now() - uptime() * 1000;
  return found.startTicks === identity.startTicks && found.bootId === identity.bootId;
}

/** What tells this start of the machine from every other; throws off Linux. */
export function readBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
