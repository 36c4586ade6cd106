import type { InstanceStats } from 'devservices/runner';
import { selectMembers } from '../ending/members.ts';
import type { ProcessRow } from '../ending/process-row.ts';
import { recentProcessTable } from '../ending/process-table.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { statusOf } from '../record/records.ts';
import { readMemory } from './read-memory.ts';

// All services of a project are asked about at a time.
const sharedMs = 50;

/**
 * What a service's processes use; undefined where it does not run. CPU time is that of its living
 * processes and of those that they started and waited for: of one that nobody waited for, or on macOS
 * of any that has ended, nothing is known any more. A process has a limit or network of its own only
 * by other means than ours, so neither is told.
 */
export async function readStats(record: ProcessRecord): Promise<InstanceStats | undefined> {
  if (statusOf(record).status !== 'running') return undefined;
  const table = recentProcessTable(sharedMs);
  const members = selectMembers(record, table);
  if (members.length === 0) return undefined;
  const memory = await readMemory(members);
  return {
    cpuMs: sumOf([...members, ...unwaited(members, table)]),
    memoryBytes: memory,
    memoryLimitBytes: null,
    networkReceivedBytes: null,
    networkSentBytes: null,
    processes: members.length,
  };
}

/** Ended children that nobody has waited for yet: what they used is in no other row. */
function unwaited(
  members: readonly ProcessRow[],
  table: readonly ProcessRow[],
): readonly ProcessRow[] {
  const pids = new Set(members.map(({ identity }) => identity.pid));
  return table.filter(({ isZombie, parent }) => isZombie && pids.has(parent));
}

function sumOf(rows: readonly ProcessRow[]): number {
  return rows.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}
