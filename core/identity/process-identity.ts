import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

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
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and parentheses: fields are counted after its last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return { pid, startTicks: fields[19] ?? '', bootId: readBootId() };
  } catch {
    return undefined;
  }
}

/** Whether exactly this process still lives; `sinceMs` is a time (since the epoch) at which it did. */
export function isAlive(identity: ProcessIdentity, sinceMs: number): boolean {
  const found = identifyProcess(identity.pid);
  if (found === undefined) return false;
  if (identity.bootId === '') return sinceMs >= Date.now() - uptime() * 1000;
  return found.startTicks === identity.startTicks && found.bootId === identity.bootId;
}

function readBootId(): string {
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
