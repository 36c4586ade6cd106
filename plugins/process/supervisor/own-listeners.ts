import { type Listener, socketsOf } from 'devservices/machine';
import { membersOf } from '../ending/members.ts';
import type { ProcessPlaces } from '../record/process-record.ts';
import { readRecord } from '../record/records.ts';

/** Of these listening sockets those that processes of the service hold. */
export type FindOwn = (service: string, there: readonly Listener[]) => readonly Listener[];

/** Whose a socket is costs a look at every process: it is remembered for as long as it listens. */
export function createFindOwn(places: ProcessPlaces): FindOwn {
  const known = new Map<string, ReadonlySet<string>>();
  return (service, there) => {
    const of = (inodes: ReadonlySet<string> | undefined) =>
      there.filter(({ inode }) => inodes?.has(inode));
    const before = of(known.get(service));
    if (before.length > 0 || there.length === 0) return before;
    const record = readRecord(places, service);
    const members = record ? membersOf(record) : [];
    known.set(service, new Set(members.flatMap(({ pid }) => socketsOf(pid))));
    return of(known.get(service));
  };
}
