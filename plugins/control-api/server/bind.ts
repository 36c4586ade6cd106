import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import { apiErrors } from '../errors.ts';
import { inUrl } from './own-hosts.ts';

const usual: readonly string[] = ['127.0.0.1', '::1'];
const everywhere: readonly string[] = ['0.0.0.0', '::'];

/**
 * The address to listen on. Throws DS_API_BIND_REFUSED of any but the usual ones, unless what is sent is
 * encrypted or it was said that it need not be; DS_API_ADDRESS_UNUSABLE of what is no address.
 */
export function resolveBind({
  host = '127.0.0.1',
  isTls,
  isInsecure,
}: {
  host?: string | undefined;
  isTls: boolean;
  isInsecure: boolean;
}): string {
  const address = host === 'localhost' ? '127.0.0.1' : host;
  if (isIP(address) === 0) {
    throw apiErrors.create('DS_API_ADDRESS_UNUSABLE', { host, reason: 'it is no IP address' });
  }
  if (isUsual(address) || isTls || isInsecure) return address;
  throw apiErrors.create('DS_API_BIND_REFUSED', { host });
}

/** Whether only this machine gets there, by an address that it always has. */
export const isUsual = (address: string): boolean => usual.includes(address);

/** What else a server may be called that listens on this address: its certificate's names, the machine's. */
export function namesOf(address: string, certified: readonly string[]): readonly string[] {
  const names = isUsual(address) ? certified : [...certified, hostname()];
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** What stands in the URL that is printed. */
export function shownHost(address: string, certified: readonly string[]): string {
  const [name] = certified;
  if (name !== undefined) return name.toLowerCase();
  return inUrl(everywhere.includes(address) ? ownAddress(address) : address);
}

function ownAddress(address: string): string {
  const family = isIP(address) === 6 ? 'IPv6' : 'IPv4';
  const all = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  const reached = all.find((one) => one.family === family && !one.internal && !one.scopeid);
  return reached?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}
