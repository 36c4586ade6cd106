import type { Address, PortBinding } from 'devservices/runner';

/** A port of this machine's loopback address that leads to one of another's. */
export interface Forward {
  service: string;
  here: Address;
  there: Address;
}

/**
 * What has to be forwarded so that a service on another machine has the addresses that it would have
 * on this one. UDP cannot be, and what is published on an address of that machine is reached there.
 */
export function forwardsOf(service: string, ports: readonly PortBinding[]): Forward[] {
  return ports.flatMap(({ protocol, host: port, interface: at = '127.0.0.1' }) => {
    const host = wildcards[at] ?? at;
    if (protocol !== 'tcp' || !loopback.test(host)) return [];
    return [{ service, here: { host, port }, there: { host, port } }];
  });
}

const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
const loopback = /^(?:127\.[\d.]+|::1|localhost)$/;

/** As `ssh -L` takes it; the same text for the same two ports. */
export function formatForward({ here, there }: Pick<Forward, 'here' | 'there'>): string {
  return `${bracketed(here)}:${bracketed(there)}`;
}

function bracketed({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
