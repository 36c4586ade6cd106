import { findListeners, type ProcessIdentity, socketsOf } from 'devservices/machine';
import type { ProcessRecord } from '../record/process-record.ts';

/** A socket of a service's own on one of its ports. */
export interface OwnSocket {
  port: number;
  protocol: 'tcp' | 'udp';
  inode: string;
}

/** The sockets on a service's ports that its own processes have open. Linux only. */
export function findOwnSockets(
  { target }: ProcessRecord,
  members: readonly { identity: ProcessIdentity }[],
): readonly OwnSocket[] {
  const there = target.ports.flatMap(({ host: port, protocol }) =>
    findListeners(port, protocol).map(({ inode }) => ({ port, protocol, inode })),
  );
  // Whose they are costs a look at every file of every member: only where anybody listens at all.
  if (there.length === 0) return [];
  const ours = new Set(members.flatMap(({ identity }) => socketsOf(identity.pid)));
  return there.filter(({ inode }) => ours.has(inode));
}

/** Whether a socket still listens. */
export function isListening({ port, protocol, inode }: OwnSocket): boolean {
  return findListeners(port, protocol).some((listener) => listener.inode === inode);
}
