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
  /** CPU time of it and of those of its children that have ended and were waited for. */
  cpuMs: number;
}

/** What the system says of a process, also of one that has ended and is not waited for yet; undefined off Linux. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The line of `/proc/PID/stat`; undefined where it is none. */
export function parseProcessStat(line: string): ProcessStat | undefined {
  // The command's name may hold spaces and parentheses: fields are counted after its last one.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent, group] = fields;
  const [pid, ...used] = [Number.parseInt(line, 10), ...fields.slice(11, 15).map(Number)];
  if (!(pid > 0) || used.length < 4) return undefined;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    state,
    startTicks: fields[19] ?? '',
    cpuMs: used.reduce((sum, ticks) => sum + ticks, 0) * tickMs,
  };
}

// As Linux tells it on every machine that Node runs on, whatever its kernel counts in.
const tickMs = 10;

/** Whether it has ended, and only its exit code is left. */
export function isZombie({ state }: Pick<ProcessStat, 'state'>): boolean {
  return state === 'Z' || state === 'X';
}
