import { readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';

/** Who a process is: a pid alone is reused by strangers, with its start time and the boot it is not. */
export interface ProcessIdentity {
  pid: number;
  startTicks: string;
  bootId: string;
}

/** The identity of a living process, or null where there is none (a zombie counts as gone). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  if (process.platform !== 'linux') return isSignalable(pid) ? { pid, ...unknownStart } : null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and parentheses: fields are counted after its last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return { pid, startTicks: fields[19] ?? '', bootId: readBootId() };
  } catch {
    return null;
  }
}

/** Whether exactly this process still lives, not another one that got its pid. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = identifyProcess(identity.pid);
  return now?.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** Resolves true when the process is gone, false when it outlives the wait. */
export async function waitUntilGone(
  identity: ProcessIdentity,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(identity)) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

export interface ProcessListing {
  identity: ProcessIdentity;
  args: string[];
  cgroup: string;
}

/** Every process on a Linux machine with its arguments and cgroup; those that vanish meanwhile are left out. */
export async function listProcesses(): Promise<ProcessListing[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const listings = await Promise.all(
    pids.map(async (pid) => {
      const identity = identifyProcess(pid);
      const [cmdline, cgroup] = await Promise.all(
        ['cmdline', 'cgroup'].map((name) =>
          readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''),
        ),
      );
      return identity && { identity, args: cmdline?.split('\0') ?? [], cgroup: cgroup ?? '' };
    }),
  );
  return listings.filter((listing) => listing !== null);
}

const unknownStart = { startTicks: '', bootId: '' };

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
