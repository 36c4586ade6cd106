import { type BookedPort, createAddressBook } from '../addresses.ts';
import { topologicalOrder } from '../graph.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { ContainerRun, Environment, Run } from '../run/run.ts';
import type { PortBinding, ResolvedRun, Viewpoint } from '../run/runner.ts';
import { edgesOf } from '../selection.ts';
import { expandPorts } from '../service/expand-ports.ts';
import type { Service } from '../service/service.ts';
import { bindPorts, isOnHost, networkOwner } from './bind-ports.ts';
import { findRoutes, type Route } from './find-routes.ts';
import { portVariable } from './port-variable.ts';
import type { ChosenRun } from './choose-runs.ts';
import { resolveFiles } from './resolve-files.ts';
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
  /** What it needs to reach through the gateway. */
  routes: readonly Route[];
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
  const runs = Object.fromEntries(Object.entries(known).map(([name, { run }]) => [name, run]));
  const ports = Object.fromEntries(
    Object.keys(known).map((name) => [name, bindPorts({ ...resolution, runs }, name)]),
  );
  const names = Object.keys(chosen);
  const edges = edgesOf(services, names);
  const needsOf = (name: string) =>
    (edges[name] ?? []).filter((need) => Object.hasOwn(known, need));
  const routesOf = (name: string) => findRoutes({ runs, ports }, { name, needs: needsOf(name) });
  // Who shares another's network knows the names that the other was made with.
  const needsGateway = (name: string) =>
    names.some((other) => networkOwner(runs, other) === name && routesOf(other).length > 0);

  const seenFrom = (from: Viewpoint, name: string, prefix = '') => {
    const owner = networkOwner(runs, name);
    const service = Object.hasOwn(known, owner) ? owner : name;
    const { runner, run } = known[service] as ChosenRun;
    return (ports[name] ?? []).map((port): [name: string, at: BookedPort] => [
      `${prefix}${port.name}`,
      { ...runner.address({ service, project, port, run }, from), published: port.host },
    ]);
  };
  const bookFor = (name: string, from: Viewpoint, needs: readonly string[] = []) =>
    createAddressBook(
      name,
      Object.fromEntries([
        ...seenFrom(from, name),
        ...needs.flatMap((need) => seenFrom(from, need, `${need}.`)),
      ]),
    );
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
    const { key, run, runner } = chosen[name] as ChosenRun;
    const from = isOnHost(runs[networkOwner(runs, name)]) ? 'host' : run.kind;
    const inherited = await Promise.all(needsOf(name).map((need) => exportsFor(need, from)));
    const own = await resolveEnvironment(
      {
        service: name,
        field: 'environment',
        given: environmentOf(run, reader),
        book: bookFor(name, from, needsOf(name)),
        firstPort: ports[name]?.[0]?.name,
        absent: (edges[name] ?? []).filter((need) => !Object.hasOwn(known, need)),
      },
      reader,
    );
    const environment = Object.assign(
      {},
      portVariable(run, ports[name] ?? []),
      ...inherited,
      own,
    ) as Record<string, string>;
    const files = await resolveFiles(run, { service: name, reader });
    const normal = await runner.normalise(run, {
      service: name,
      runKey: key,
      project,
      root: reader.root,
      environment,
      files,
      ports: ports[name] ?? [],
      needsGateway: needsGateway(name),
    });
    resolved[name] = {
      run: normal,
      ports: ports[name] ?? [],
      routes: routesOf(name),
      readiness: readinessOf(services[name], run as Partial<ContainerRun>, normal),
      environment: await exportsFor(name, 'host'),
    };
  }
  return resolved;
}

// In a list, a name alone takes its value from this process, and is left out where that has none.
function environmentOf(run: Run, { env }: SecretReader): Environment | undefined {
  const given = (run as Partial<ContainerRun>).environment;
  if (!isList(given)) return given;
  return Object.fromEntries(
    given.map((line) => {
      const [name = '', ...value] = line.split('=');
      return [name, value.length > 0 ? value.join('=') : (env[name] ?? null)];
    }),
  );
}

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);

function readinessOf(
  service: Service | undefined,
  run: Partial<ContainerRun>,
  { ready }: ResolvedRun,
): Readiness {
  if (service?.ready) return service.ready;
  // An embedded program knows better than its ports, which may be open before it is itself.
  if (ready !== undefined) return ready as unknown as Readiness;
  if (run.healthcheck && run.healthcheck.disable !== true) return { kind: 'healthcheck' };
  // Nothing answers a connect on UDP: only TCP ports can say that they are ready.
  const hasTcp = expandPorts(service?.ports).some(({ protocol }) => protocol === 'tcp');
  return hasTcp ? { kind: 'port' } : { kind: 'none' };
}
