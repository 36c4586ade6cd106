import { isIPv6 } from 'node:net';

/** Where a server listens, and what else it is called. */
export interface OwnPlace {
  scheme: 'http' | 'https';
  port: number;
  /** Besides the address that a connection came to: small letters, without a port. */
  names: readonly string[];
}

/**
 * Whether a Host header names this server as whoever connected to `localAddress` may call it. A name that
 * somebody else makes point here, as in DNS rebinding, is none of its own.
 */
export function isOwnHost(host: string, localAddress: string, place: OwnPlace): boolean {
  const address = plainAddress(localAddress);
  // Whoever has left came to no address.
  if (address === '') return false;
  const names = [inUrl(address), ...(isLoopback(address) ? ['localhost'] : []), ...place.names];
  const ports = [`:${place.port}`, ...(place.port === defaultPorts[place.scheme] ? [''] : [])];
  const given = host.toLowerCase();
  return names.some((name) => ports.some((port) => given === `${name}${port}`));
}

/** An address as a URL has it: `[::1]`. */
export const inUrl = (address: string): string => (isIPv6(address) ? `[${address}]` : address);

/** An IPv4 address that came over IPv6, as the IPv4 address. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');

export const isLoopback = (address: string): boolean =>
  address === '::1' || /^127\.\d+\.\d+\.\d+$/.test(address);

const defaultPorts = { http: 80, https: 443 } as const;
