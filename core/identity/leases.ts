import { dirname } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import type { Checkout } from './checkout.ts';
import {
  choosePorts,
  isLeaseOf,
  isLeased,
  isSamePort,
  leaseKey,
  type LeaseRequest,
} from './port-choice.ts';
import { isLiving, type Lease, loadRegistry, type Registry, updateRegistry } from './registry.ts';

/**
 * Gives each wanted port a host port of its own and keeps it for next time. A preferred one that another
 * living checkout (or project of this one) keeps is replaced by the next free one, `'auto'` takes one
 * from 20000 on. A port once replaced stays so until its `preferred` changes. In mode `fail` nobody is
 * asked whether a preferred port is free: that is the caller's to say. Writes nothing when all were kept.
 *
 * Throws DS_PORT_NONE_FREE and what `updateRegistry` throws.
 */
export async function leasePorts(request: LeaseRequest): Promise<ReadonlyMap<string, number>> {
  const { checkout } = request;
  const stateHome = dirname(checkout.stateFolder);
  for (;;) {
    const { registry } = loadRegistry(stateHome);
    const chosen = await choosePorts(request, registry);
    const result = new Map(chosen.map((lease) => [leaseKey(lease), lease.host]));
    const kept = registry.checkouts[checkout.id]?.leases ?? [];
    if (chosen.every((lease) => kept.some((old) => isSameLease(old, lease)))) return result;
    // Looking for free ports takes time, in which another checkout may have taken one: then again.
    const isDone = updateRegistry(stateHome, (draft) => {
      if (chosen.some((lease) => isLeased(draft, request, lease))) return false;
      recordLeases(draft, checkout, chosen);
      return true;
    });
    if (isDone) return result;
  }
}

/** What `leasePorts` would give just now; keeps nothing. */
export async function previewPorts(request: LeaseRequest): Promise<ReadonlyMap<string, number>> {
  const { registry } = loadRegistry(dirname(request.checkout.stateFolder));
  const chosen = await choosePorts(request, registry);
  return new Map(chosen.map((lease) => [leaseKey(lease), lease.host]));
}

/** Gives up what a checkout keeps, or only what one of its projects does. */
export function releaseLeases(checkout: Checkout, project?: string): void {
  updateRegistry(dirname(checkout.stateFolder), ({ checkouts }) => {
    const record = checkouts[checkout.id];
    if (!record) return;
    record.leases = record.leases.filter(
      (lease) => project !== undefined && lease.project !== project,
    );
  });
}

function recordLeases({ checkouts }: Registry, checkout: Checkout, leases: readonly Lease[]): void {
  const record = checkouts[checkout.id];
  if (!record) throw stateErrors.create('DS_STATE_CORRUPT', { path: checkout.stateFolder });
  // Within a project the latest plan counts: a service that was renamed gets its old port.
  const isReplaced = (old: Lease) =>
    leases.some(
      (lease) =>
        lease.project === old.project &&
        (isSamePort(lease, old) || leaseKey(lease) === leaseKey(old)),
    );
  record.leases = [...record.leases.filter((old) => !isReplaced(old)), ...leases];
  for (const other of Object.values(checkouts)) {
    if (other.leases.length > 0 && !isLiving(other)) other.leases = [];
  }
}

function isSameLease(a: Lease, b: Lease): boolean {
  return isLeaseOf(a, b.project, b) && isSamePort(a, b);
}
