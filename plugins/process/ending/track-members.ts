import type { ProcessRecord } from '../record/process-record.ts';
import { selectMembers } from './members.ts';
import type { ProcessRow } from './process-row.ts';
import { recentProcessTable } from './process-table.ts';
import { isStillThere, sendSignal } from './send-signal.ts';

/** The members of a service while it is being ended: who was one stays one, however it changes. */
export interface TrackedMembers {
  /** Those that are left of the ones known. Cheap. */
  left(): readonly ProcessRow[];
  /** Looks at every process for further ones; those that are left. */
  look(): readonly ProcessRow[];
  /**
   * Asks the groups of those that no other member started, each once: what they started elsewhere is
   * theirs to end, and asked when they have ended.
   */
  ask(signal: NodeJS.Signals): void;
  kill(): void;
}

export function trackMembers(record: ProcessRecord): TrackedMembers {
  const known = new Map<number, ProcessRow>();
  const askedGroups = new Set<number>();
  // A process that was just started has to be in the first.
  let table = recentProcessTable(0);
  const left = (): readonly ProcessRow[] => {
    for (const [pid, row] of known) if (!isStillThere(row)) known.delete(pid);
    return [...known.values()];
  };
  return {
    left,
    look() {
      table = recentProcessTable(sharedMs);
      for (const row of selectMembers(record, table)) known.set(row.identity.pid, row);
      return left();
    },
    ask(signal) {
      const members = left();
      const roots = members.filter(({ parent }) => !known.has(parent));
      const groups = new Set(roots.map(({ group }) => group));
      const asked = members.filter(({ group }) => groups.has(group) && !askedGroups.has(group));
      for (const { group } of asked) askedGroups.add(group);
      sendSignal(signal, asked, table);
      // One that was stopped by SIGSTOP has to run to hear of it.
      sendSignal('SIGCONT', asked, table);
    },
    kill: () => sendSignal('SIGKILL', left(), table),
  };
}

// Many services are ended at the same time, and a look at a thousand processes takes some 20 ms.
const sharedMs = 10;
