import { labels } from 'devservices/runner';
import type { Instance, PortBinding, ProjectIdentity } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import type { ListedContainer } from '../engine/read-api.ts';
import type { PortedObservation } from '../forwards/create-forwards.ts';
import type { ContainerAddresses } from './container-addresses.ts';
import { findDrift, findGatewayDrift, findNetworkDrift } from './find-drift.ts';
import { isOurs } from './owned-names.ts';
import type { ProjectGateways } from './project-gateways.ts';
import { endpointOf, readInstance, readMemory } from './read-instance.ts';
import { readJoined } from './read-joined.ts';

/** Everything that exists of the project, in one list call; containers of another checkout apart. */
export async function observeProject(
  {
    engine,
    addresses,
    gateways,
  }: { engine: Engine; addresses: ContainerAddresses; gateways: ProjectGateways },
  project: ProjectIdentity,
  signal: AbortSignal,
): Promise<PortedObservation> {
  const filters = { label: [`${labels.project}=${project.project}`] };
  const found = await engine.list(filters, signal);
  gateways.noteListed(
    project,
    found.filter(({ Labels }) => isOurs(Labels, project)),
  );
  const instances: Instance[] = [];
  const ports = new Map<string, readonly PortBinding[]>();
  const foreign: { name: string; service: string; checkout: string }[] = [];
  for (const container of found.map(withNetworkMode)) {
    if (!isOurs(container.Labels, project)) {
      foreign.push({
        name: container.Names?.[0]?.replace(/^\//, '') ?? container.Id,
        service: container.Labels?.[labels.service] ?? '',
        checkout: container.Labels?.[labels.checkout] ?? '',
      });
      continue;
    }
    const listed = readInstance(container, project.project);
    if (!listed) continue;
    ports.set(container.Id, readMemory(container.Labels)?.ports ?? []);
    addresses.note(container.Id, endpointOf(container, project.project));
    const joined = await readJoined(engine, { container, service: listed.service, signal });
    const instance = { ...listed, ...joined?.instance };
    const drift =
      joined?.drift ??
      findNetworkDrift(container, project.project) ??
      (await findGatewayDrift(container, project.project, () => gateways.find(project, signal))) ??
      (await findDrift(engine, container, signal));
    instances.push(drift ? { ...instance, drift } : instance);
  }
  return { instances, foreign, ports };
}

function withNetworkMode(found: ListedContainer): ListedContainer {
  const NetworkMode = found.HostConfig?.NetworkMode ?? readMemory(found.Labels)?.networkMode;
  return NetworkMode === undefined ? found : { ...found, HostConfig: { NetworkMode } };
}
