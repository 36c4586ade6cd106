import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { isZombie, type ProcessStat, readBootId, readProcessStat } from 'devservices/machine';
import { readMarker } from './read-marker.ts';
import { parsePs } from './parse-ps.ts';
import type { ProcessRow } from './process-row.ts';

/** Every process of this machine that this user may see. */
export function readProcessTable(): readonly ProcessRow[] {
  return process.platform === 'linux' ? readProc() : parsePs(askPs());
}

/** The same, at most so old: for those that look often, and many at a time. */
export function recentProcessTable(maxAgeMs: number): readonly ProcessRow[] {
  if (!latest || performance.now() - latest.at > maxAgeMs) {
    const rows = readProcessTable();
    // Not from its beginning: where there are many processes, a look takes longer than it is good for.
    latest = { rows, at: performance.now() };
  }
  return latest.rows;
}

/** To be called when this process started another: who looks next has to see it. */
export function forgetProcessTable(): void {
  latest = undefined;
}

let latest: { rows: readonly ProcessRow[]; at: number } | undefined;

function readProc(): readonly ProcessRow[] {
  const bootId = readBootId();
  return readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? readProcessStat(Number(name)) : undefined;
    return stat ? [rowOf(stat, bootId)] : [];
  });
}

function rowOf(stat: ProcessStat, bootId: string): ProcessRow {
  const { pid, parent, group, startTicks, cpuMs } = stat;
  let marker: { value: string | undefined } | undefined;
  return {
    identity: { pid, startTicks, bootId },
    parent,
    group,
    isZombie: isZombie(stat),
    cpuMs,
    get marker() {
      marker ??= { value: readMarker(pid) };
      return marker.value;
    },
  };
}

function askPs(): string {
  const columns = ['pid', 'ppid', 'pgid', 'stat', 'time', 'rss', 'lstart', 'command'];
  return execFileSync('ps', ['-axwwE', ...columns.flatMap((column) => ['-o', `${column}=`])], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C' },
  });
}
