import { connect } from 'node:net';
import { findListeners, type Listener, socketsOf } from 'devservices/machine';
import type { Address, PortBinding } from 'devservices/runner';
import { membersOf } from '../ending/members.ts';
import type { ProcessRecord } from '../record/process-record.ts';

/**
 * Whether one of the service's own processes listens on the port. A connect proves nothing: a stranger
 * may hold it. Where the system does not tell whose a socket is, that is all there is.
 */
export async function checkListening(
  record: ProcessRecord,
  { host, protocol }: PortBinding,
  signal: AbortSignal,
): Promise<boolean> {
  if (process.platform === 'linux') return ownListeners(record, { host, protocol }).length > 0;
  return (await findAnswering(host, signal)) !== undefined;
}

/** Where a probe of this machine reaches the port: where it listens, first of all 127.0.0.1. */
export async function findProbeAddress(
  record: ProcessRecord,
  { host: port, protocol }: PortBinding,
  signal: AbortSignal,
): Promise<Address> {
  if (process.platform !== 'linux') {
    return { host: (await findAnswering(port, signal)) ?? loopback[0], port };
  }
  const hosts = ownListeners(record, { host: port, protocol }).map(({ address }) =>
    reachable(address),
  );
  return { host: hosts.includes(loopback[0]) ? loopback[0] : (hosts[0] ?? loopback[0]), port };
}

const loopback = ['127.0.0.1', '::1'] as const;

const reachable = (address: string): string =>
  address === '0.0.0.0' ? loopback[0] : address === '::' ? loopback[1] : address;

function ownListeners(
  record: ProcessRecord,
  { host, protocol }: Pick<PortBinding, 'host' | 'protocol'>,
): readonly Listener[] {
  const there = findListeners(host, protocol);
  // Whose they are costs a look at every process: only where somebody listens at all.
  if (there.length === 0) return [];
  const sockets = new Set(membersOf(record).flatMap(({ pid }) => socketsOf(pid)));
  return there.filter(({ inode }) => sockets.has(inode));
}

async function findAnswering(port: number, signal: AbortSignal): Promise<string | undefined> {
  for (const host of loopback) if (await answers(host, port, signal)) return host;
  return undefined;
}

function answers(host: string, port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
