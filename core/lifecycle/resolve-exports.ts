import { dirname } from 'node:path';
import type { Checkout } from '../identity/checkout.ts';
import { leaseKey } from '../identity/port-choice.ts';
import { loadRegistry } from '../identity/registry.ts';
import { chooseNeighbours } from '../plan/choose-runs.ts';
import { wantedPorts } from '../plan/bind-ports.ts';
import { resolveServices } from '../plan/resolve-services.ts';
import { dependenciesOf } from '../selection.ts';
import type { Service } from '../service/service.ts';
import { assertKnown } from './down.ts';
import type { Kernel } from './kernel.ts';

/**
 * What services export, as this machine's processes see it. Asks no engine, changes nothing. Throws
 * DS_SERVICE_UNKNOWN for a name in `only`.
 */
export async function resolveExports(
  { kernel, checkout }: { kernel: Kernel; checkout: Checkout },
  only?: readonly string[],
): Promise<Record<string, string>> {
  const { config, project, reader } = kernel;
  if (!config) return {};
  assertKnown(kernel, only ?? [], []);
  kernel.state.reload();
  const kept =
    loadRegistry(dirname(checkout.stateFolder)).registry.checkouts[checkout.id]?.leases ?? [];
  const hostPorts = new Map(
    kept
      .filter((lease) => lease.project === project.project)
      .map((lease) => [leaseKey(lease), lease.host]),
  );
  const services = only === undefined ? config.services : closureOf(config.services, only);
  const known = await chooseNeighbours(
    { services, asked: {}, pins: kernel.state.pins, runner: kernel.runner },
    Object.keys(services),
  );
  // A port that is still to be chosen has no address yet: such a service exports nothing before its first `up`.
  const unplaced = new Set(
    Object.entries(services).flatMap(([name, service]) =>
      wantedPorts(name, service, known[name]?.run).some(
        (want) => typeof want.preferred !== 'number' && !hostPorts.has(leaseKey(want)),
      )
        ? name
        : [],
    ),
  );
  const placed = Object.entries(services)
    .filter(([name]) => !unplaced.has(name))
    .filter(([, service]) => dependenciesOf(service).every(([need]) => !unplaced.has(need)))
    .flatMap(([name]) => {
      const chosen = known[name];
      return chosen ? [[name, chosen] as const] : [];
    });
  const resolved = await resolveServices({
    project,
    services,
    chosen: Object.fromEntries(placed),
    hostPorts,
    reader,
  });
  return Object.assign(
    {},
    ...Object.entries(resolved).flatMap(([name, { environment }]) =>
      only === undefined || only.includes(name) ? [environment] : [],
    ),
  ) as Record<string, string>;
}

// What others hold, secrets from commands for one, is nobody's need here; what they lack is no obstacle.
function closureOf(
  services: Readonly<Record<string, Service>>,
  names: readonly string[],
): Record<string, Service> {
  const closure: Record<string, Service> = {};
  const visit = (name: string): void => {
    const service = services[name];
    if (service === undefined || Object.hasOwn(closure, name)) return;
    closure[name] = service;
    for (const [need] of dependenciesOf(service)) visit(need);
  };
  for (const name of names) visit(name);
  return closure;
}
