import { isAlive } from 'devservices/machine';
import type { ProcessRecord } from '../record/process-record.ts';
import { selectMembers } from './members.ts';
import type { ProcessRow } from './process-row.ts';
import { forgetProcessTable, recentProcessTable } from './process-table.ts';
import { isStillThere, sendSignal } from './send-signal.ts';

/** The members of a service while it is being ended: who was one stays one, however it changes. */
export interface TrackedMembers {
  /** Those that are left of the ones known. Cheap. */
  left(): readonly ProcessRow[];
  /** Looks at every process for further ones; those that are left. */
  look(): readonly ProcessRow[];
  /** Looks, and is true where none was left also in a table that is some moments old. */
  areGone(): boolean;
  /**
   * Asks those that no other member started, and their groups, each once: what they started elsewhere,
   * or to end in order, is theirs, and asked when they have ended.
   */
  ask(signal: NodeJS.Signals): void;
  kill(): void;
}

export function trackMembers(record: ProcessRecord): TrackedMembers {
  const known = new Map<number, ProcessRow>();
  const asked = new Set<number>();
  const askedGroups = new Set<number>();
  let table: readonly ProcessRow[] = [];
  const left = (): readonly ProcessRow[] => {
    for (const [pid, row] of known) if (!isStillThere(row)) known.delete(pid);
    return [...known.values()];
  };
  const find = (): readonly ProcessRow[] => {
    table = recentProcessTable(sharedMs);
    if (isTooOld(table, record)) {
      forgetProcessTable();
      table = recentProcessTable(sharedMs);
    }
    const found = selectMembers(record, table);
    for (const row of found) known.set(row.identity.pid, row);
    return found;
  };
  return {
    left,
    look() {
      find();
      return left();
    },
    // One that was there some moments ago may have started another since.
    areGone: () => find().length === 0 && left().length === 0,
    ask(signal) {
      const members = left();
      const roots = members.filter(({ parent }) => !known.has(parent));
      const groups = new Set(roots.map(({ group }) => group));
      const meant = members.filter(
        (row) =>
          !asked.has(row.identity.pid) &&
          (roots.includes(row) || (groups.has(row.group) && !askedGroups.has(row.group))),
      );
      for (const { identity, group } of meant) {
        asked.add(identity.pid);
        askedGroups.add(group);
      }
      sendSignal(signal, meant, table);
      // One that was stopped by SIGSTOP has to run to hear of it.
      sendSignal('SIGCONT', meant, table);
    },
    kill: () => sendSignal('SIGKILL', left(), table),
  };
}

// Many services are ended at the same time, and a look at a thousand processes takes some 20 ms.
const sharedMs = 10;

// Somebody else may have started it since: without it, a living service would count as gone.
function isTooOld(table: readonly ProcessRow[], { life }: ProcessRecord): boolean {
  const { leader, startedAt = 0 } = life ?? {};
  if (!leader || table.some(({ identity }) => identity.pid === leader.pid)) return false;
  return isAlive(leader, startedAt);
}
