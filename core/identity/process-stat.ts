import { readFileSync } from 'node:fs';

/** What the system says of a process in one line. */
export interface ProcessStat {
  pid: number;
  parent: number;
  /** Number of its process group. */
  group: number;
  /** One letter, e.g. `T` of one that is stopped. */
  state: string;
  /** Clock ticks from boot to its start. */
  startTicks: string;
}

/** The line of a process, also of one that has ended and is not waited for yet; undefined off Linux. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and parentheses: fields are counted after its last one.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const [state = '', parent, group] = fields;
    return {
      pid,
      parent: Number(parent),
      group: Number(group),
      state,
      startTicks: fields[19] ?? '',
    };
  } catch {
    return undefined;
  }
}

/** Whether it has ended, and only its exit code is left. */
export function isZombie({ state }: Pick<ProcessStat, 'state'>): boolean {
  return state === 'Z' || state === 'X';
}
