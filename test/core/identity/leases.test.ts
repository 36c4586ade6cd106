import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Checkout } from '../../../core/identity/checkout.ts';
import { leasePorts, releaseLeases } from '../../../core/identity/leases.ts';
import type { LeaseRequest, WantedPort } from '../../../core/identity/port-choice.ts';
import type { Registry } from '../../../core/identity/registry.ts';
import { createMachine } from '../../rig/state/machine.ts';

const sql = { service: 'postgres', port: 'sql', preferred: 5432 };

function lease(checkout: Checkout, wanted: WantedPort[], other: Partial<LeaseRequest> = {}) {
  return leasePorts({
    checkout,
    project: 'shop',
    wanted,
    isFree: async () => true,
    mode: 'fail',
    ...other,
  });
}

describe('leasePorts', () => {
  it('gives the first checkout what it prefers and the next another port, for good', async () => {
    const machine = createMachine();
    const [first, second] = [machine.open('one'), machine.open('two')];
    expect((await lease(first, [sql])).get('postgres/sql')).toBe(5432);
    expect((await lease(second, [sql])).get('postgres/sql')).toBe(5433);
    releaseLeases(first);
    expect((await lease(second, [sql])).get('postgres/sql')).toBe(5433);
    expect((await lease(first, [sql])).get('postgres/sql')).toBe(5432);
  });

  it('writes nothing when every port was kept', async () => {
    const machine = createMachine();
    const checkout = machine.open('one');
    const wanted: WantedPort[] = [sql, { service: 'web', port: 'http', preferred: 'auto' }];
    const given = await lease(checkout, wanted);
    const before = machine.fingerprint();
    expect(await lease(checkout, wanted)).toEqual(given);
    expect(await lease(checkout, [sql])).toEqual(new Map([['postgres/sql', 5432]]));
    expect(machine.fingerprint()).toEqual(before);
  });

  it('follows a preference that changed', async () => {
    const checkout = createMachine().open('one');
    await lease(checkout, [sql]);
    const moved = await lease(checkout, [{ ...sql, preferred: 6000 }]);
    expect(moved.get('postgres/sql')).toBe(6000);
  });

  it('takes the first free port of a range, keeps it, and none outside of it', async () => {
    const checkout = createMachine().open('one');
    const want: WantedPort = { ...sql, preferred: '7000-7002' };
    const isFree = async (port: number) => port !== 7000;
    expect((await lease(checkout, [want], { isFree })).get('postgres/sql')).toBe(7001);
    expect((await lease(checkout, [want])).get('postgres/sql')).toBe(7001);
    const other = { ...want, service: 'other' };
    expect((await lease(checkout, [want, other])).get('other/sql')).toBe(7000);
    const none = lease(checkout, [{ ...want, service: 'new' }], { isFree: async () => false });
    await expect(none).rejects.toMatchObject({ code: 'DS_PORT_NONE_FREE' });
  });

  it('gives TCP and UDP the same number', async () => {
    const checkout = createMachine().open('one');
    const dns = { service: 'dns', port: 'tcp', preferred: 5353 };
    const given = await lease(checkout, [dns, { ...dns, port: 'udp', protocol: 'udp' }]);
    expect(Object.fromEntries(given)).toEqual({ 'dns/tcp': 5353, 'dns/udp': 5353 });
  });

  it('gives a renamed service the port of its old name', async () => {
    const checkout = createMachine().open('one');
    await lease(checkout, [{ ...sql, service: 'db' }]);
    expect((await lease(checkout, [sql])).get('postgres/sql')).toBe(5432);
  });

  it('does not give away what a service keeps that wants nothing this time', async () => {
    const machine = createMachine();
    const checkout = machine.open('two');
    await lease(machine.open('one'), [sql]);
    expect((await lease(checkout, [sql])).get('postgres/sql')).toBe(5433);
    const replica = { service: 'replica', port: 'sql', preferred: 5433 };
    const given = await lease(checkout, [replica], { services: ['postgres', 'replica'] });
    expect(given.get('replica/sql')).toBe(5434);
  });

  it('keeps two projects of one checkout apart', async () => {
    const checkout = createMachine().open('one');
    await lease(checkout, [sql]);
    const other = await lease(checkout, [sql], { project: 'other' });
    expect(other.get('postgres/sql')).toBe(5433);
  });

  it('lets the leases of a checkout lapse whose folder is gone', async () => {
    const machine = createMachine();
    await lease(machine.open('one'), [sql]);
    rmSync(machine.path('one'), { recursive: true });
    expect((await lease(machine.open('two'), [sql])).get('postgres/sql')).toBe(5432);
  });

  it('does not ask for a preferred port in mode fail, and replaces it in mode reassign', async () => {
    const checkout = createMachine().open('one');
    const isFree = async (port: number) => port !== 5432 && port !== 5433;
    expect((await lease(checkout, [sql], { isFree })).get('postgres/sql')).toBe(5432);
    const given = await lease(checkout, [sql], { isFree, mode: 'reassign' });
    expect(given.get('postgres/sql')).toBe(5434);
  });

  it('gives two that prefer one port two ports, and nobody the one that a third prefers', async () => {
    const wanted = [
      { service: 'a', port: 'http', preferred: 3000 },
      { service: 'b', port: 'http', preferred: 3000 },
      { service: 'c', port: 'http', preferred: 3001 },
    ];
    const given = await lease(createMachine().open('one'), wanted);
    expect(Object.fromEntries(given)).toEqual({ 'a/http': 3000, 'b/http': 3002, 'c/http': 3001 });
  });

  it('keeps out of the ports that take privileges', async () => {
    const machine = createMachine();
    const web = { service: 'web', port: 'http', preferred: 80 };
    await lease(machine.open('one'), [web]);
    expect((await lease(machine.open('two'), [web])).get('web/http')).toBe(8080);
  });

  it('says for which service no port is free', async () => {
    const checkout = createMachine().open('one');
    const request = lease(checkout, [sql], { isFree: async () => false, mode: 'reassign' });
    await expect(request).rejects.toMatchObject({
      code: 'DS_PORT_NONE_FREE',
      facts: { service: 'postgres', port: 'sql' },
    });
  });

  it('chooses again when another checkout was faster', async () => {
    const machine = createMachine();
    const [slow, fast] = [machine.open('slow'), machine.open('fast')];
    let hasWaited = false;
    const isFree = async () => {
      if (!hasWaited) {
        hasWaited = true;
        await lease(fast, [sql]);
      }
      return true;
    };
    const given = await lease(slow, [sql], { isFree, mode: 'reassign' });
    expect(given.get('postgres/sql')).toBe(5433);
  });

  it('never lets two living checkouts keep one port', async () => {
    const machine = createMachine();
    const ask = fc.record({
      checkout: fc.constantFrom('a', 'b', 'c'),
      project: fc.constantFrom('x', 'y'),
      mode: fc.constantFrom('fail' as const, 'reassign' as const),
      wanted: fc.uniqueArray(
        fc.record({
          service: fc.constantFrom('constructor', 's', 't'),
          port: fc.constantFrom('p', 'q'),
          preferred: fc.constantFrom<number | 'auto'>('auto', 80, 4000, 4001, 65_535),
        }),
        { selector: ({ service, port }) => `${service}/${port}` },
      ),
      deletes: fc.option(fc.constantFrom('a', 'b', 'c'), { freq: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(ask, { maxLength: 6 }), async (asks) => {
        for (const { checkout, deletes, ...request } of asks) {
          if (deletes !== null) rmSync(machine.path(deletes), { recursive: true, force: true });
          const given = await lease(machine.open(checkout), request.wanted, request);
          expect(given.size).toBe(request.wanted.length);
        }
        if (asks.length === 0) return;
        const text = readFileSync(join(machine.stateHome, 'registry.json'), 'utf8');
        const { checkouts } = JSON.parse(text) as Registry;
        const hosts = Object.values(checkouts).flatMap(({ leases }) => leases.map((l) => l.host));
        expect(new Set(hosts).size).toBe(hosts.length);
      }),
      { seed: 6, numRuns: 25 },
    );
  });
});
