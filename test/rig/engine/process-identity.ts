import { readFile, readdir } from 'node:fs/promises';
import {
  identifyProcess as identify,
  type ProcessIdentity,
} from '../../../core/identity/process-identity.ts';

export type { ProcessIdentity } from '../../../core/identity/process-identity.ts';

/** The identity of a living process, or null where there is none (a zombie counts as gone). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  return identify(pid) ?? null;
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
