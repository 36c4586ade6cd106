import { leaseKey, type WantedPort } from '../identity/port-choice.ts';
import { joinsOf } from '../run/joins.ts';
import { isProcess } from '../run/process-fields.ts';
import type { ContainerRun, Run } from '../run/run.ts';
import type { PortBinding } from '../run/runner.ts';
import { expandPorts } from '../service/expand-ports.ts';
import type { Service } from '../service/service.ts';

export interface PortPlaces {
  services: Readonly<Record<string, Service>>;
  /** The run of each service that takes part. */
  runs: Readonly<Record<string, Run | undefined>>;
  /** Ports of this machine by `leaseKey`. */
  hostPorts: ReadonlyMap<string, number>;
}

/**
 * What a service asks of this machine's ports: nothing where its container has this machine's own
 * network, in which a port is what it is, or another service's, which publishes them.
 */
export function wantedPorts(
  name: string,
  service: Service | undefined,
  run: Run | undefined,
): WantedPort[] {
  if (hasHostNetwork(run) || networkJoinOf(run) !== undefined) return [];
  return expandPorts(service?.ports).map(({ name: port, host, protocol, interface: at }) => ({
    service: name,
    port,
    preferred: host,
    ...(protocol === 'udp' ? { protocol } : {}),
    ...(at === undefined ? {} : { interface: at }),
  }));
}

/** The ports of a service with those of this machine. */
export function bindPorts(places: PortPlaces, name: string): PortBinding[] {
  const own = bindOwn(places, name);
  const owner = networkOwner(places.runs, name);
  if (owner === name) return own;
  const published = bindOwn(places, owner);
  return own.map((port) => {
    const found = published.find(
      (each) => each.container === port.container && each.protocol === port.protocol,
    );
    return found ? { ...found, name: port.name } : port;
  });
}

function bindOwn({ services, runs, hostPorts }: PortPlaces, service: string): PortBinding[] {
  return expandPorts(services[service]?.ports).map((port) => {
    const { name, container, protocol } = port;
    const preferred = typeof port.host === 'number' ? port.host : container;
    const leased = hostPorts.get(leaseKey({ service, port: name })) ?? preferred;
    return {
      name,
      // A process is told its port, and listens on this machine itself.
      container: isProcess(runs[service]) ? leased : container,
      host: hasHostNetwork(runs[service]) ? container : leased,
      protocol,
      ...(port.interface === undefined ? {} : { interface: port.interface }),
    };
  });
}

/** Whose network a service's container is on: its own, or at the end of a chain of `service:NAME`. */
export function networkOwner(
  runs: Readonly<Record<string, Run | undefined>>,
  name: string,
): string {
  const seen = new Set([name]);
  for (let at = name; ;) {
    const next = networkJoinOf(runs[at]);
    if (next === undefined || seen.has(next)) return at;
    seen.add((at = next));
  }
}

/** Whether a run is on this machine's own network: it sees addresses as this machine does. */
export function isOnHost(run: Run | undefined): boolean {
  return isProcess(run) || hasHostNetwork(run);
}

// In it a port is what it is: nothing publishes it under another number.
function hasHostNetwork(run: Run | undefined): boolean {
  return (run as Partial<ContainerRun> | undefined)?.networkMode === 'host';
}

function networkJoinOf(run: Run | undefined): string | undefined {
  return joinsOf(run).find(({ field }) => field === 'networkMode')?.service;
}
