import { createHash } from 'node:crypto';

import { stateErrors } from '../errors/catalogue/state.ts';
import { type PortRange, portsOfRange } from '../service/port-range.ts';
import type { Checkout } from './checkout.ts';
import { isLiving, type Lease, type Registry } from './registry.ts';

/** A port of a service that wants one of this machine's. */
export interface WantedPort {
  service: string;
  /** Its name in the service. */
  port: string;
  preferred: number | 'auto' | PortRange;
  /** Absent: tcp. */
  protocol?: 'udp';
  /** Address of this machine; absent: 127.0.0.1. */
  interface?: string;
}

/** A port of this machine on one of its addresses. */
export type PortPlace = Pick<WantedPort, 'protocol' | 'interface'>;

export interface LeaseRequest {
  checkout: Checkout;
  project: string;
  wanted: readonly WantedPort[];
  /**
   * Every service that the project has: what those keep that want nothing this time stays theirs. What
   * others keep, such as the old name of a renamed one, can be had; without the list, what all others do.
   */
  services?: readonly string[];
  /**
   * Whether a port of this machine can be had. Has to say true of what this project's own running
   * instances hold, since they keep what they have.
   */
  isFree(port: number, place: PortPlace): Promise<boolean>;
  /** What to do with a preferred port that is not free: give it all the same, or another one. */
  mode: 'fail' | 'reassign';
}

/** The key under which `leasePorts` gives a port. */
export function leaseKey({ service, port }: { service: string; port: string }): string {
  return `${service}/${port}`;
}

/**
 * A host port for each wanted one: what was kept, else what is preferred, else a free one, each port
 * once. Throws DS_PORT_NONE_FREE.
 */
export async function choosePorts(
  request: LeaseRequest,
  registry: Registry,
): Promise<readonly Lease[]> {
  const { checkout, project, wanted, mode } = request;
  const chosen = new Map<string, Lease>();
  const take = async (want: WantedPort, host: number) => {
    const { service, port, preferred, protocol } = want;
    const lease: Lease = { project, service, port, preferred, host };
    if (protocol !== undefined) lease.protocol = protocol;
    const isGiven = [...chosen.values()].some((each) => isSamePort(each, lease));
    if (isGiven || isLeased(registry, request, lease)) return false;
    const mayBeForeign = mode === 'fail' && host === preferred;
    if (!mayBeForeign && !(await request.isFree(host, want))) return false;
    chosen.set(leaseKey(want), lease);
    return true;
  };
  const remaining = () => wanted.filter((want) => !chosen.has(leaseKey(want)));
  const own = registry.checkouts[checkout.id]?.leases ?? [];
  for (const want of remaining()) {
    const kept = own.find((lease) => isLeaseOf(lease, project, want));
    if (kept) await take(want, kept.host);
  }
  for (const want of remaining()) {
    if (typeof want.preferred === 'number') await take(want, want.preferred);
  }
  const wishes = new Set(wanted.map(({ preferred }) => preferred));
  for (const want of remaining()) {
    const hosts = candidates(want, checkout.id).filter((host) => !wishes.has(host));
    if (!(await someInTurn(hosts, (host) => take(want, host)))) {
      throw stateErrors.create('DS_PORT_NONE_FREE', { service: want.service, port: want.port });
    }
  }
  return [...chosen.values()];
}

/** Whether a port is kept by another living checkout, by another project of this one, or stays another service's. */
export function isLeased({ checkouts }: Registry, request: LeaseRequest, wish: Lease): boolean {
  const { checkout, project, wanted, services = [] } = request;
  const isElsewhere = (lease: Lease) =>
    lease.project !== project ||
    (services.includes(lease.service) &&
      !wanted.some((want) => leaseKey(want) === leaseKey(lease)));
  return Object.entries(checkouts).some(([id, record]) => {
    const isOwn = id === checkout.id;
    const leases = record.leases.filter((lease) => isSamePort(lease, wish));
    return isOwn ? leases.some(isElsewhere) : leases.length > 0 && isLiving(record);
  });
}

/** Whether a lease was made for this wish. */
export function isLeaseOf(lease: Lease, project: string, want: WantedPort): boolean {
  const isSameWish = lease.preferred === want.preferred && lease.protocol === want.protocol;
  return lease.project === project && leaseKey(lease) === leaseKey(want) && isSameWish;
}

/** Whether two leases are of one port of this machine: TCP and UDP have numbers of their own. */
export function isSamePort(a: Lease, b: Lease): boolean {
  return a.host === b.host && a.protocol === b.protocol;
}

const autoFirst = 20_000;
const autoCount = 10_000;
const nearCount = 200;

// Below the range from which systems take ports for outgoing connections, so that what is kept can be
// had again; the same for the same checkout, so that numbers stay even after the registry is lost.
function candidates({ service, port, preferred }: WantedPort, id: string): readonly number[] {
  const range = portsOfRange(preferred);
  if (range) return range;
  const first = typeof preferred === 'number' && preferred < 1024 ? preferred + 8000 : preferred;
  const digest = createHash('sha256').update(`${id}/${service}/${port}`).digest();
  const start = digest.readUInt32BE(0) % autoCount;
  const steps = Array.from({ length: nearCount }, (_, step) => step);
  return [
    ...(typeof first !== 'number' ? [] : steps.map((step) => first + step)),
    ...steps.map((step) => autoFirst + ((start + step) % autoCount)),
  ].filter((host) => host <= 65_535);
}

async function someInTurn<T>(items: readonly T[], test: (item: T) => Promise<boolean>) {
  for (const item of items) if (await test(item)) return true;
  return false;
}
