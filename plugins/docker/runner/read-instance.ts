import { labels } from 'devservices/runner';
import type { Endpoints } from 'devservices';
import type { Instance, PortBinding, Spec } from 'devservices/runner';
import { isRecord } from '../engine/docker-config.ts';
import type { ListedContainer, ListedEndpoint } from '../engine/read-api.ts';
import type { ContainerMemory } from '../creation/create-body.ts';
import { memoryLabel } from './owned-names.ts';
import { readStatus } from './read-status.ts';

/** A listed container of ours as the instance that core knows; undefined without a service's label. */
export function readInstance(found: ListedContainer, network: string): Instance | undefined {
  const service = found.Labels?.[labels.service];
  if (service === undefined) return undefined;
  const spec = readSpec(found.Labels?.[labels.spec]);
  return {
    kind: 'container',
    service,
    runKey: found.Labels?.[labels.run] ?? '',
    id: found.Id,
    generation: generationOf(found.Id, endpointOf(found, network)),
    ...readStatus(found.State, found.Status),
    ...(spec ? { spec } : {}),
    endpoints: endpointsOf(readMemory(found.Labels)?.ports ?? []),
    createdAt: found.Created * 1000,
  };
}

/**
 * The network endpoint is made anew at each start; a container that does not run has none. Podman
 * does not number them, but gives each another hardware address.
 */
export function generationOf(id: string, endpoint: ListedEndpoint | undefined): string {
  return `${id}:${endpoint?.EndpointID || endpoint?.MacAddress || ''}`;
}

/** A container's place on the project's network, or on the one that it was made for instead. */
export function endpointOf(
  { HostConfig, NetworkSettings }: ListedContainer,
  network: string,
): ListedEndpoint | undefined {
  const places = NetworkSettings?.Networks ?? {};
  return places[network] ?? places[HostConfig?.NetworkMode ?? ''];
}

/** The ports of this machine that bindings take. */
export function endpointsOf(ports: readonly PortBinding[]): Endpoints {
  return Object.fromEntries(
    ports.map((port) => [port.name, { host: port.interface ?? '127.0.0.1', port: port.host }]),
  );
}

/** What the runner noted on the container when it made it. */
export function readMemory(found: ListedContainer['Labels']): ContainerMemory | undefined {
  const memory = readJson(found?.[memoryLabel]);
  if (!isRecord(memory) || typeof memory['image'] !== 'string') return undefined;
  const ports = Array.isArray(memory['ports']) ? (memory['ports'] as PortBinding[]) : [];
  const { networkMode, gateway } = memory;
  return {
    image: memory['image'],
    ports,
    ...(typeof networkMode === 'string' ? { networkMode } : {}),
    ...(typeof gateway === 'string' ? { gateway } : {}),
  };
}

// A spec that can not be read is none: the container is then made anew.
function readSpec(text: string | undefined): Spec | undefined {
  const spec = readJson(text);
  if (!isRecord(spec) || spec['v'] !== 1 || !isRecord(spec['fields'])) return undefined;
  return { v: 1, fields: spec['fields'] as Record<string, string> };
}

function readJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
