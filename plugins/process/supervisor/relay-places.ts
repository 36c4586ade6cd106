import type { Listener } from 'devservices/machine';
import { describeProcess, findListeners, findSocketOwner } from 'devservices/machine';
import type { Relay } from 'devservices/runner';
import { processErrors } from '../errors.ts';
import type { FindOwn } from './own-listeners.ts';

/** How a port stands at the moment: reached without a relay, in need of one, or not listened on. */
export type PortStanding = 'reached' | 'loopback' | 'nobody';

/** Says how a port stands. Throws DS_PROCESS_RELAY_TAKEN where a stranger has the address. */
export function findStanding(relay: Relay, findOwn: FindOwn): PortStanding {
  const { service, port, at } = relay;
  const there = findListeners(port.host);
  const own = findOwn(service, there);
  // A socket for all IPv6 addresses may be one for all IPv4 addresses as well: only binding tells.
  if (own.some(({ address }) => address === '0.0.0.0' || address === at)) return 'reached';
  if (own.length > 0) return 'loopback';
  const strangers = there.filter(({ address }) => covers(address, at));
  // Who was just ending had it open a moment ago, and is known as nobody's.
  if (strangers.length > 0 && isStillThere(strangers, port.host)) throw takenBy(relay, strangers);
  return 'nobody';
}

/** Where on this machine a relay finds the service; undefined where it does not listen. */
export function findTarget({ service, port, at }: Relay, findOwn: FindOwn): string | undefined {
  // The relay itself is there as well.
  const there = findListeners(port.host).filter(({ address }) => address !== at);
  const addresses = findOwn(service, there).map(({ address }) => address);
  const [first] = addresses.toSorted((left, right) => rank(left) - rank(right));
  return first === '::' ? '::1' : first;
}

/**
 * What came of a relay that could not be opened: undefined where the service itself has the address,
 * which then needs none.
 */
export function nameFailure(
  { relay, error }: { relay: Relay; error: NodeJS.ErrnoException },
  findOwn: FindOwn,
): Error | undefined {
  const { service, port, at } = relay;
  const facts = { service, port: port.host, at };
  if (error.code === 'EADDRNOTAVAIL') {
    return processErrors.create('DS_PROCESS_RELAY_ADDRESS', facts, error);
  }
  if (error.code !== 'EADDRINUSE') {
    const reason = error.code ?? error.message;
    return processErrors.create('DS_PROCESS_RELAY_FAILED', { ...facts, reason }, error);
  }
  const there = findListeners(port.host).filter(({ address }) => covers(address, at));
  if (findOwn(service, there).length > 0) return undefined;
  return takenBy(relay, there);
}

/** Throws DS_PROCESS_RELAY_UDP where a UDP port is on loopback alone: none is passed on. */
export function assertReachedByUdp({ service, port, at }: Relay, findOwn: FindOwn): void {
  const own = findOwn(service, findListeners(port.host, 'udp'));
  if (own.length === 0 || own.some(({ address }) => covers(address, at))) return;
  throw processErrors.create('DS_PROCESS_RELAY_UDP', { service, port: port.host });
}

const covers = (address: string, at: string): boolean =>
  address === '0.0.0.0' || address === '::' || address === at;

function isStillThere(strangers: readonly Listener[], port: number): boolean {
  const now = new Set(findListeners(port).map(({ inode }) => inode));
  return strangers.some(({ inode }) => now.has(inode));
}

function takenBy({ service, port, at }: Relay, strangers: readonly Listener[]): Error {
  const [pid] = strangers.flatMap(({ inode }) => findSocketOwner(inode) ?? []);
  const holder =
    pid === undefined ? 'another process' : `${describeProcess(pid) ?? 'a process'} (pid ${pid})`;
  return processErrors.create('DS_PROCESS_RELAY_TAKEN', { service, port: port.host, at, holder });
}

const rank = (address: string): number =>
  address === '127.0.0.1' ? 0 : address.startsWith('127.') ? 1 : 2;
