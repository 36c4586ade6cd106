import { createAddressBook } from '../addresses.ts';
import { topologicalOrder } from '../graph.ts';
import { leaseKey } from '../identity/port-choice.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { ContainerRun, Environment } from '../run/run.ts';
import type { PortBinding, ResolvedRun, Viewpoint } from '../run/runner.ts';
import { edgesOf } from '../selection.ts';
import type { Port, Service } from '../service/service.ts';
import type { ChosenRun } from './choose-runs.ts';
import { readOnce, resolveEnvironment, type SecretReader } from './resolve-environment.ts';

export interface Resolution {
  project: ProjectIdentity;
  services: Readonly<Record<string, Service>>;
  chosen: Readonly<Record<string, ChosenRun>>;
  /** Dependencies that take no part themselves, and whose exports are needed all the same. */
  neighbours?: Readonly<Record<string, ChosenRun>>;
  /** Ports of this machine by `leaseKey`. */
  hostPorts: ReadonlyMap<string, number>;
  reader: SecretReader;
}

export interface ResolvedService {
  run: ResolvedRun;
  ports: readonly PortBinding[];
  readiness: Readiness;
  /** What it exports, as this machine's processes see it. */
  environment: Record<string, string>;
}

/** Fills in everything that a run leaves open: its ports, its own variables and its dependencies' exports. */
export async function resolveServices(
  resolution: Resolution,
): Promise<Record<string, ResolvedService>> {
  const { services, chosen, project } = resolution;
  const reader = readOnce(resolution.reader);
  const known = { ...resolution.neighbours, ...chosen };
  const ports = Object.fromEntries(
    Object.keys(known).map((name) => [name, bindPorts(resolution, name)]),
  );
  const names = Object.keys(chosen);
  const edges = edgesOf(services, names);

  const bookFor = (name: string, from: Viewpoint) => {
    const { runner } = known[name] as ChosenRun;
    const seen = (ports[name] ?? []).map((port) => [
      port.name,
      { ...runner.address({ service: name, project, port }, from), published: port.host },
    ]);
    return createAddressBook(name, Object.fromEntries(seen));
  };
  const exportsFor = (name: string, from: Viewpoint) =>
    resolveEnvironment(
      {
        service: name,
        field: 'exports',
        given: services[name]?.exports,
        book: bookFor(name, from),
        firstPort: ports[name]?.[0]?.name,
      },
      reader,
    );

  const resolved: Record<string, ResolvedService> = {};
  for (const name of topologicalOrder(edges)) {
    const { run, runner } = chosen[name] as ChosenRun;
    const needs = (edges[name] ?? []).filter((need) => Object.hasOwn(known, need));
    const inherited = await Promise.all(needs.map((need) => exportsFor(need, run.kind)));
    const own = await resolveEnvironment(
      {
        service: name,
        field: 'environment',
        given: (run as { environment?: Environment }).environment,
        book: bookFor(name, run.kind),
        firstPort: ports[name]?.[0]?.name,
      },
      reader,
    );
    const environment = Object.assign({}, ...inherited, own) as Record<string, string>;
    resolved[name] = {
      run: runner.normalise(run, { service: name, project, root: reader.root, environment }),
      ports: ports[name] ?? [],
      readiness: readinessOf(services[name], run as Partial<ContainerRun>),
      environment: await exportsFor(name, 'host'),
    };
  }
  return resolved;
}

/** What a service asks of this machine's ports. */
export function wantedPorts(name: string, service: Service | undefined) {
  return Object.entries(service?.ports ?? {}).map(([port, value]) => ({
    service: name,
    port,
    preferred: typeof value === 'number' ? value : (value.host ?? value.container),
  }));
}

function bindPorts({ services, hostPorts }: Resolution, name: string): PortBinding[] {
  return Object.entries(services[name]?.ports ?? {}).map(([port, value]: [string, Port]) => {
    const long = typeof value === 'number' ? { container: value } : value;
    return {
      name: port,
      container: long.container,
      host: hostPorts.get(leaseKey({ service: name, port })) ?? long.container,
      protocol: long.protocol ?? 'tcp',
    };
  });
}

function readinessOf(service: Service | undefined, run: Partial<ContainerRun>): Readiness {
  if (service?.ready) return service.ready;
  if (run.healthcheck && run.healthcheck.disable !== true) return { kind: 'healthcheck' };
  // Nothing answers a connect on UDP: only TCP ports can say that they are ready.
  const hasTcp = Object.values(service?.ports ?? {}).some(
    (port) => typeof port === 'number' || port.protocol !== 'udp',
  );
  return hasTcp ? { kind: 'port' } : { kind: 'none' };
}
