import type { ProcessIdentity } from 'devservices/machine';
import type { ProcessRecord } from '../record/process-record.ts';
import { markerOf } from './marked-processes.ts';
import type { ProcessRow } from './process-row.ts';
import { readProcessTable } from './process-table.ts';

/**
 * The living processes of a service: its group, those elsewhere that carry its marker, and what they
 * started. Of a group whose number others may have by now, and of a pid that is a stranger's, none.
 */
export function membersOf(record: ProcessRecord): readonly ProcessIdentity[] {
  return selectMembers(record, readProcessTable()).map(({ identity }) => identity);
}

/** The same among the rows of a table. Pure, but for the markers. */
export function selectMembers(
  record: ProcessRecord,
  table: readonly ProcessRow[],
): readonly ProcessRow[] {
  const living = table.filter((row) => !row.isZombie && row.identity.pid !== process.pid);
  const marker = markerOf(record);
  const group = ownGroup(record, table);
  const members = new Map(
    living
      .filter((row) => row.group === group || row.marker === marker || isLeader(record, row))
      .map((row) => [row.identity.pid, row]),
  );
  for (let found = [...members.values()]; found.length > 0;) {
    found = living.filter(
      (row) =>
        !members.has(row.identity.pid) &&
        members.has(row.parent) &&
        // One that says that it is another service's is.
        (row.marker === undefined || row.marker === marker),
    );
    for (const row of found) members.set(row.identity.pid, row);
  }
  return [...members.values()];
}

// A number is not given away while a group has it: with its leader, or one that is marked, it is ours.
function ownGroup(record: ProcessRecord, table: readonly ProcessRow[]): number | undefined {
  const { leader, hasGroup } = record.life ?? {};
  if (!leader || !hasGroup) return undefined;
  const row = table.find(({ identity }) => identity.pid === leader.pid);
  if (row) return isLeader(record, row) ? leader.pid : undefined;
  const marker = markerOf(record);
  const isOurs = table.some((one) => one.group === leader.pid && one.marker === marker);
  return isOurs ? leader.pid : undefined;
}

function isLeader({ life }: ProcessRecord, { identity, beganAt }: ProcessRow): boolean {
  const { leader, startedAt = 0 } = life ?? {};
  if (leader?.pid !== identity.pid) return false;
  // To the second, and the record is written before the start.
  if (beganAt !== undefined) return Math.abs(beganAt - startedAt) < toleranceMs;
  return leader.startTicks === identity.startTicks && leader.bootId === identity.bootId;
}

const toleranceMs = 60_000;
