import type { NetworkAttachment, PortBinding, Target } from 'devservices/runner';
import type { EngineApi } from './engine-api.ts';
import { containerName } from '../runner/owned-names.ts';
import { asContainer } from '../fields/resolved-container.ts';

/** One network that a container is on, as the engine is told. */
export interface NetworkEndpoint {
  network: string;
  config: Record<string, unknown>;
}

/** The parts of a create request that are about the network. Pure. */
export function createNetworking(
  target: Target,
  { api, thisMachine }: { api: EngineApi; thisMachine: string },
): { body: Record<string, unknown>; hostConfig: Record<string, unknown> } {
  const run = asContainer(target.run);
  const mode = networkModeOf(target);
  const isJoined = mode.startsWith('container:');
  const own = endpointsOf(target, api).find(({ network }) => network === mode);
  const exposed = [...(isJoined ? [] : target.ports.map(portKey)), ...(run.expose ?? [])];
  return {
    body: {
      Hostname: run.hostname,
      Domainname: run.domainname,
      // Newer engines take it of each network instead.
      MacAddress: api.hasEndpointMac ? undefined : run.macAddress,
      ExposedPorts: Object.fromEntries(exposed.map((port) => [port, {}])),
      ...(own ? { NetworkingConfig: { EndpointsConfig: { [mode]: own.config } } } : {}),
    },
    hostConfig: {
      NetworkMode: mode,
      PortBindings:
        mode === target.project.project || mode === 'bridge' ? bindPorts(target.ports) : {},
      ExtraHosts: isJoined ? run.extraHosts : withThisMachine(run.extraHosts, thisMachine),
      Dns: run.dns,
      DnsSearch: run.dnsSearch,
      DnsOptions: run.dnsOpt,
    },
  };
}

const ofThisMachine = 'host.docker.internal:';

/** Whether a container's own lines say where this machine is. */
export function namesThisMachine(lines: readonly string[]): boolean {
  return lines.some((line) => line.startsWith(ofThisMachine));
}

/** The networks that a container is connected to after it was made, in this order. Pure. */
export function furtherNetworks(target: Target, api: EngineApi): readonly NetworkEndpoint[] {
  return endpointsOf(target, api).filter(({ network }) => network !== target.project.project);
}

/** The container's place on the project's own network, if it has one. Pure. */
export function ownNetwork(target: Target, api: EngineApi): NetworkEndpoint | undefined {
  return endpointsOf(target, api).find(({ network }) => network === target.project.project);
}

/** The container that a `service:NAME` stands for. */
export function joinedContainer({ project }: Target, value: string): string {
  return value.startsWith('service:')
    ? `container:${containerName(project, value.slice('service:'.length))}`
    : value;
}

function networkModeOf(target: Target): string {
  const { networkMode } = asContainer(target.run);
  return networkMode === undefined ? target.project.project : joinedContainer(target, networkMode);
}

function endpointsOf(target: Target, api: EngineApi): readonly NetworkEndpoint[] {
  const { networks = {}, networkMode, aliases, macAddress } = asContainer(target.run);
  if (networkMode !== undefined) return [];
  const own: NetworkAttachment = {
    ...(macAddress === undefined ? {} : { macAddress }),
    ...networks['default'],
    aliases: [...aliases, ...(networks['default']?.aliases ?? [])],
  };
  const others = Object.entries(networks)
    .filter(([network]) => network !== 'default')
    .toSorted(([, left], [, right]) => (right.priority ?? 0) - (left.priority ?? 0));
  return [[target.project.project, own] as const, ...others].map(([network, place]) => ({
    network,
    config: endpointConfig(target.service, place, api),
  }));
}

function endpointConfig(
  service: string,
  place: NetworkAttachment,
  { hasEndpointMac }: EngineApi,
): Record<string, unknown> {
  const { aliases = [], ipv4Address, ipv6Address, linkLocalIps, macAddress } = place;
  const isPlaced = ipv4Address ?? ipv6Address ?? linkLocalIps;
  return {
    Aliases: [...new Set([service, ...aliases])],
    ...(isPlaced === undefined
      ? {}
      : {
          IPAMConfig: {
            IPv4Address: ipv4Address,
            IPv6Address: ipv6Address,
            LinkLocalIPs: linkLocalIps,
          },
        }),
    ...(macAddress !== undefined && hasEndpointMac ? { MacAddress: macAddress } : {}),
  };
}

// On the loopback interface unless asked otherwise: a development database is nobody else's business.
function bindPorts(ports: readonly PortBinding[]): Record<string, unknown> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const HostIp = port.interface ?? '127.0.0.1';
    (bindings[portKey(port)] ??= []).push({ HostIp, HostPort: String(port.host) });
  }
  return bindings;
}

function withThisMachine(lines: readonly string[], address: string): readonly string[] {
  return namesThisMachine(lines) ? lines : [...lines, `${ofThisMachine}${address}`];
}

function portKey({ container, protocol }: PortBinding): string {
  return `${container}/${protocol}`;
}
