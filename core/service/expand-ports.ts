import { type PortRange, portsOfRange } from './port-range.ts';
import type { Port } from './service.ts';

/** One port of a container, and what is wished for it on this machine. */
export interface ExpandedPort {
  name: string;
  container: number;
  host: number | 'auto' | PortRange;
  protocol: 'tcp' | 'udp';
  /** Absent: the loopback interface. */
  interface?: string;
}

/**
 * The ports of a service one by one. A range's first has the name itself, the others the name with
 * their number: of `cluster: { container: '7000-7002' }` it is `cluster`, `cluster-7001`, `cluster-7002`.
 */
export function expandPorts(ports: Readonly<Record<string, Port>> | undefined): ExpandedPort[] {
  return Object.entries(ports ?? {}).flatMap(([name, port]) => expandPort(name, port));
}

function expandPort(name: string, port: Port): ExpandedPort[] {
  const long = typeof port === 'number' ? { container: port } : port;
  const { container, host, protocol = 'tcp' } = long;
  const common = {
    protocol,
    ...(long.interface === undefined || long.interface === '127.0.0.1'
      ? {}
      : { interface: long.interface }),
  };
  if (typeof container === 'number')
    return [{ name, container, host: host ?? container, ...common }];
  const hosts = portsOfRange(host) ?? [];
  return (portsOfRange(container) ?? []).map((each, index) => ({
    name: index === 0 ? name : `${name}-${each}`,
    container: each,
    host: host === 'auto' ? 'auto' : (hosts[index] ?? each),
    ...common,
  }));
}
