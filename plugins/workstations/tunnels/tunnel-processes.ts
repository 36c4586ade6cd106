import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  identifyProcess,
  isAlive,
  isErrno,
  isZombie,
  type ProcessIdentity,
  type ProcessStat,
  readBootId,
  readProcessStat,
} from 'devservices/machine';
import { keyOf, type TunnelTarget } from './tunnel-files.ts';
import type { TunnelRecord } from './tunnel-record.ts';

/** In the environment of a tunnel's processes: whose they are, also once their leader is gone. */
export const markerVariable = 'DEVSERVICES_TUNNEL';

/** `FOLDER/KEY/ID`: nobody else's processes have it. */
export function markerOf(folder: string, record: TunnelTarget & { id: string }): string {
  return `${markerPrefixOf(folder, record)}${record.id}`;
}

/** How the markers of all tunnels to one port of one workstation begin. */
export function markerPrefixOf(folder: string, target: TunnelTarget): string {
  return join(folder, keyOf(target), '/');
}

/**
 * The living processes of a tunnel: its leader's group, and those elsewhere that carry its marker. Of a
 * pid or a group that is a stranger's by now, none. Off Linux its leader.
 */
export function processesOf(folder: string, record: TunnelRecord): readonly number[] {
  const { leader } = record;
  const isLed = isLeaderAlive(record);
  if (process.platform !== 'linux') return isLed ? [leader.pid] : [];
  const marker = markerOf(folder, record);
  return livingProcesses()
    .filter(({ pid, group }) => (isLed && group === leader.pid) || readMarker(pid) === marker)
    .map(({ pid }) => pid);
}

/** Whether the very process that was started lives. */
export function isLeaderAlive({ leader, startedAt }: TunnelRecord): boolean {
  // 0 is of one that could not be started; to the system it means this process's own group.
  if (leader.pid <= 1) return false;
  // Where the system tells who a process is, no record of ours is without it.
  if (process.platform === 'linux' && leader.bootId === '') return false;
  return isAlive(leader, startedAt);
}

/** Living processes that carry a marker that begins so. Linux only. */
export function findMarked(prefix: string): readonly number[] {
  if (process.platform !== 'linux') return [];
  return livingProcesses()
    .map(({ pid }) => pid)
    .filter((pid) => readMarker(pid)?.startsWith(prefix));
}

/** Sends a signal to processes, to a whole group where one of them leads it. */
export function signalAll(name: NodeJS.Signals, pids: readonly number[]): void {
  for (const pid of pids) {
    // What one of a group is just starting is in the group already.
    const isLeader = process.platform !== 'linux' || readProcessStat(pid)?.group === pid;
    send(isLeader ? -pid : pid, name);
  }
}

/** Who a process is that this one has just started; it may have ended already. */
export function identityOf(pid: number): ProcessIdentity {
  // Until its exit was told it is there, if only as a zombie.
  const stat = readProcessStat(pid);
  if (stat) return { pid, startTicks: stat.startTicks, bootId: readBootId() };
  return identifyProcess(pid) ?? { pid, startTicks: '', bootId: '' };
}

function livingProcesses(): readonly ProcessStat[] {
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readProcessStat(Number(name)) : undefined;
    return stat && !isZombie(stat) && stat.pid !== process.pid ? [stat] : [];
  });
}

function readMarker(pid: number): string | undefined {
  try {
    const start = `${markerVariable}=`;
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    return variables.find((variable) => variable.startsWith(start))?.slice(start.length);
  } catch {
    // Another user's, or it ended in between.
    return undefined;
  }
}

function send(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    // It ended in between, or is another user's: whoever waits for its end will notice.
    if (!isErrno(error, 'ESRCH', 'EPERM')) throw error;
  }
}
