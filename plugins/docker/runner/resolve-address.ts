import type { Run } from 'devservices';
import type { Address, ContainerRun, PortBinding, Viewpoint } from 'devservices/runner';

const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Where a port of a container is reached by whoever asks. Pure. */
export function resolveAddress(
  { service, port, run }: { service: string; port: PortBinding; run?: Run | undefined },
  from: Viewpoint,
): Address {
  if (from !== 'container') {
    const host = port.interface ?? '127.0.0.1';
    return { host: wildcards[host] ?? host, port: port.host };
  }
  // Off the project's network nobody knows it by its name.
  const { networkMode } = (run ?? {}) as Partial<ContainerRun>;
  const isElsewhere = networkMode === 'host' || networkMode === 'bridge';
  return isElsewhere
    ? { host: 'host.docker.internal', port: port.host }
    : { host: service, port: port.container };
}
