import { dirname } from 'node:path';
import type { Checkout } from '../identity/checkout.ts';
import { leaseKey } from '../identity/port-choice.ts';
import { loadRegistry } from '../identity/registry.ts';
import { chooseNeighbours } from '../plan/choose-runs.ts';
import { resolveServices, wantedPorts } from '../plan/resolve-services.ts';
import { dependenciesOf } from '../selection.ts';
import type { Kernel } from './kernel.ts';

/** What all services export, as this machine's processes see it. Asks no engine, changes nothing. */
export async function resolveExports(
  kernel: Kernel,
  checkout: Checkout,
): Promise<Record<string, string>> {
  const { config, project, reader } = kernel;
  if (!config) return {};
  const kept =
    loadRegistry(dirname(checkout.stateFolder)).registry.checkouts[checkout.id]?.leases ?? [];
  const hostPorts = new Map(
    kept
      .filter((lease) => lease.project === project.project)
      .map((lease) => [leaseKey(lease), lease.host]),
  );
  // A port that is still to be chosen has no address yet: such a service exports nothing before its first `up`.
  const unplaced = new Set(
    Object.entries(config.services).flatMap(([name, service]) =>
      wantedPorts(name, service).some(
        (want) => want.preferred === 'auto' && !hostPorts.has(leaseKey(want)),
      )
        ? name
        : [],
    ),
  );
  const placed = Object.entries(config.services)
    .filter(([name]) => !unplaced.has(name))
    .filter(([, service]) => dependenciesOf(service).every(([need]) => !unplaced.has(need)))
    .map(([name]) => name);
  const chosen = await chooseNeighbours(
    { services: config.services, asked: {}, pins: kernel.state.pins, runner: kernel.runner },
    placed,
  );
  const resolved = await resolveServices({
    project,
    services: config.services,
    chosen,
    hostPorts,
    reader,
  });
  return Object.assign(
    {},
    ...Object.values(resolved).map(({ environment }) => environment),
  ) as Record<string, string>;
}
