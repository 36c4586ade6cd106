import type { ContainerRun, NetworkAttachment } from 'devservices/runner';
import type { Refuse } from './field-error.ts';
import { isList, listOf, present } from './field-values.ts';
import type { ResolvedNetworking } from './resolved-container.ts';

/** How a container is reached, and what it reaches. Throws DS_DOCKER_FIELD_INVALID. */
export function normaliseNetwork(run: ContainerRun, refuse: Refuse): ResolvedNetworking {
  const networks = resolveNetworks(run.networks);
  return {
    aliases: run.aliases ?? [],
    extraHosts: hostLinesOf(run.extraHosts).map((line) => resolveExtraHost(line, refuse)),
    ...present({
      hostname: run.hostname,
      domainname: run.domainname,
      macAddress: run.macAddress?.toLowerCase(),
      networks: Object.keys(networks).length > 0 ? networks : undefined,
      networkMode: run.networkMode,
      dns: run.dns === undefined ? undefined : listOf(run.dns),
      dnsSearch: run.dnsSearch === undefined ? undefined : listOf(run.dnsSearch),
      dnsOpt: run.dnsOpt,
      expose: run.expose?.flatMap((port) => expandExposed(String(port))),
    }),
  };
}

function resolveNetworks(
  networks: ContainerRun['networks'] = {},
): Readonly<Record<string, NetworkAttachment>> {
  const named = isList(networks)
    ? networks.map((name) => [name, {}] as const)
    : Object.entries(networks).map(([name, attachment]) => [name, attachment ?? {}] as const);
  // The container is on the project's own in any case.
  return Object.fromEntries(
    named.filter(([name, place]) => name !== 'default' || Object.keys(place).length > 0),
  );
}

function hostLinesOf(hosts: ContainerRun['extraHosts'] = []): readonly string[] {
  if (isList(hosts)) return hosts;
  return Object.entries(hosts).flatMap(([name, addresses]) =>
    listOf<string>(addresses).map((address) => `${name}:${address}`),
  );
}

function resolveExtraHost(line: string, refuse: Refuse): string {
  const [, name, address] = /^([^\s:=]+)[:=](\S+)$/.exec(line) ?? [];
  if (!name || !address)
    throw refuse('extraHosts', `holds ${JSON.stringify(line)}, not name:address`);
  return `${name}:${address.replace(/^\[|\]$/g, '')}`;
}

function expandExposed(text: string): string[] {
  const [range = '', protocol = 'tcp'] = text.split('/');
  const [first = 0, last = first] = range.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}
