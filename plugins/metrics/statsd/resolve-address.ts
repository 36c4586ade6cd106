import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/** The address of a host, asked for once: no datagram waits for a name server. Rejects as `dns.lookup` does. */
export async function resolveAddress(host: string): Promise<string> {
  return addressOf(host) ?? (await lookup(host)).address;
}

/** Without asking anybody; undefined for a name. */
export function addressOf(host: string): string | undefined {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
}
