import { createHash } from 'node:crypto';

import { stateErrors } from '../errors/catalogue/state.ts';
import type { Checkout } from './checkout.ts';
import { isLiving, type Lease, type Registry } from './registry.ts';

/** A port of a service that wants one of this machine's. */
export interface WantedPort {
  service: string;
  /** Its name in the service. */
  port: string;
  preferred: number | 'auto';
}

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
  isFree(port: number): Promise<boolean>;
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
  const take = async ({ preferred, service, port }: WantedPort, host: number) => {
    const isGiven = [...chosen.values()].some((lease) => lease.host === host);
    if (isGiven || isLeased(registry, request, host)) return false;
    const mayBeForeign = mode === 'fail' && host === preferred;
    if (!mayBeForeign && !(await request.isFree(host))) return false;
    chosen.set(leaseKey({ service, port }), { project, service, port, preferred, host });
    return true;
  };
  const remaining = () => wanted.filter((want) => !chosen.has(leaseKey(want)));
  const own = registry.checkouts[checkout.id]?.leases ?? [];
  for (const want of remaining()) {
    const kept = own.find((lease) => isLeaseOf(lease, project, want));
    if (kept) await take(want, kept.host);
  }
  for (const want of remaining()) {
    if (want.preferred !== 'auto') await take(want, want.preferred);
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
export function isLeased({ checkouts }: Registry, request: LeaseRequest, host: number): boolean {
  const { checkout, project, wanted, services = [] } = request;
  const isElsewhere = (lease: Lease) =>
    lease.project !== project ||
    (services.includes(lease.service) &&
      !wanted.some((want) => leaseKey(want) === leaseKey(lease)));
  return Object.entries(checkouts).some(([id, record]) => {
    const isOwn = id === checkout.id;
    const leases = record.leases.filter((lease) => lease.host === host);
    return isOwn ? leases.some(isElsewhere) : leases.length > 0 && isLiving(record);
  });
}

/** Whether a lease was made for this wish. */
export function isLeaseOf(lease: Lease, project: string, want: WantedPort): boolean {
  const isSamePort = lease.project === project && leaseKey(lease) === leaseKey(want);
  return isSamePort && lease.preferred === want.preferred;
}

const autoFirst = 20_000;
const autoCount = 10_000;
const nearCount = 200;

// Below the range from which systems take ports for outgoing connections, so that what is kept can be
// had again; the same for the same checkout, so that numbers stay even after the registry is lost.
function candidates({ service, port, preferred }: WantedPort, id: string): readonly number[] {
  const first = typeof preferred === 'number' && preferred < 1024 ? preferred + 8000 : preferred;
  const digest = createHash('sha256').update(`${id}/${service}/${port}`).digest();
  const start = digest.readUInt32BE(0) % autoCount;
  const steps = Array.from({ length: nearCount }, (_, step) => step);
  return [
    ...(first === 'auto' ? [] : steps.map((step) => first + step)),
    ...steps.map((step) => autoFirst + ((start + step) % autoCount)),
  ].filter((host) => host <= 65_535);
}

async function someInTurn<T>(items: readonly T[], test: (item: T) => Promise<boolean>) {
  for (const item of items) if (await test(item)) return true;
  return false;
}
