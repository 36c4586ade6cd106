import { expect, test } from 'vitest';
import { findTakenPorts } from '../../../core/plan/check-ports.ts';
import type { PlannedService } from '../../../core/plan/plan.ts';

const planned = (service: string, host: number, status?: 'running' | 'exited') =>
  ({
    service,
    action: status === undefined ? 'create' : 'start',
    ports: [{ name: 'p', container: 80, host, protocol: 'tcp' }],
    replaced: [],
    ...(status
      ? { instance: { status, endpoints: { p: { host: '127.0.0.1', port: host } } } }
      : {}),
  }) as unknown as PlannedService;

const taken = (services: readonly PlannedService[], kept: { service: string; port: number }[]) =>
  findTakenPorts({
    services,
    kept,
    isFree: async () => false,
    holderOf: async () => 'somebody',
  });

test('a port that a runner keeps for a service is its own, also while the service does not run', async () => {
  const services = [planned('a', 1001), planned('b', 1002, 'exited')];
  const kept = [
    { service: 'a', port: 1001 },
    { service: 'b', port: 1002 },
  ];
  expect(await taken(services, kept)).toEqual([]);
  expect((await taken(services, [])).map(({ number }) => number)).toEqual([1001, 1002]);
});

test('a port that a runner keeps for a service that takes no part is taken', async () => {
  const found = await taken([planned('a', 1001)], [{ service: 'gone', port: 1001 }]);
  expect(found).toEqual([{ service: 'a', port: 'p', number: 1001, holder: 'somebody' }]);
});
