import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

import type { PortPlace } from './port-choice.ts';
import { findListeners } from './listeners.ts';
import { describeProcess, findSocketOwner } from './socket-owner.ts';

/** Who listens on a port of this machine; `pid` and `command` where this user may know them. */
export interface PortHolder {
  pid?: number;
  /** The program, without its arguments: those may hold secrets. */
  command?: string;
  /** Where it listens: `127.0.0.1`, `0.0.0.0`, `::`. */
  address: string;
}

/**
 * Who listens on a port: read from /proc on Linux, asked of `lsof` elsewhere. Undefined where
 * nobody does or nobody can say. Never throws.
 */
export async function findPortHolder(
  port: number,
  protocol: 'tcp' | 'udp' = 'tcp',
): Promise<PortHolder | undefined> {
  if (process.platform !== 'linux') {
    const { askLsof } = await import('./lsof.ts');
    return askLsof(port, protocol);
  }
  const [listener] = findListeners(port, protocol);
  if (!listener) return undefined;
  const pid = findSocketOwner(listener.inode);
  if (pid === undefined) return { address: listener.address };
  const command = describeProcess(pid);
  return { pid, ...(command === undefined ? {} : { command }), address: listener.address };
}

/**
 * Whether a service could publish a port on an address of this machine: it can be bound there, and
 * nothing listens on it for all addresses either. Never throws.
 */
export async function isPortFree(
  port: number,
  { protocol, interface: host = '127.0.0.1' }: PortPlace = {},
): Promise<boolean> {
  const bind = (at: { host: string; ipv6Only?: boolean }) =>
    protocol === undefined ? tryListen({ port, ...at }) : tryBind(port, at);
  const asked = await bind({ host });
  if (asked === 'forbidden') return findListeners(port, protocol ?? 'tcp').length === 0;
  if (asked === 'taken') return false;
  // Linux refuses the bind above for an IPv4 wildcard; others let the closer address win.
  if (process.platform !== 'linux' && (await bind({ host: '0.0.0.0' })) === 'taken') {
    return false;
  }
  return (await bind({ host: '::', ipv6Only: true })) !== 'taken';
}

type BindResult = 'bound' | 'taken' | 'forbidden' | 'impossible';

function tryListen(options: {
  port: number;
  host: string;
  ipv6Only?: boolean;
}): Promise<BindResult> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(resultOf(error)));
    server.listen({ ...options, exclusive: true }, () => server.close(() => resolve('bound')));
  });
}

function tryBind(
  port: number,
  { host, ipv6Only = false }: { host: string; ipv6Only?: boolean },
): Promise<BindResult> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', ipv6Only });
    socket.once('error', (error) => {
      socket.close();
      resolve(resultOf(error));
    });
    socket.bind({ port, address: host, exclusive: true }, () => {
      socket.close(() => resolve('bound'));
    });
  });
}

function resultOf({ code }: NodeJS.ErrnoException): BindResult {
  if (code === 'EADDRINUSE') return 'taken';
  return code === 'EACCES' ? 'forbidden' : 'impossible';
}
