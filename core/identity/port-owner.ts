import { createServer } from 'node:net';

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
 * Who listens on a TCP port: read from /proc on Linux, asked of `lsof` elsewhere. Undefined where
 * nobody does or nobody can say. Never throws.
 */
export async function findPortHolder(port: number): Promise<PortHolder | undefined> {
  if (process.platform !== 'linux') {
    const { askLsof } = await import('./lsof.ts');
    return askLsof(port);
  }
  const [listener] = findListeners(port);
  if (!listener) return undefined;
  const pid = findSocketOwner(listener.inode);
  if (pid === undefined) return { address: listener.address };
  const command = describeProcess(pid);
  return { pid, ...(command === undefined ? {} : { command }), address: listener.address };
}

/**
 * Whether a service could publish a TCP port on `host`: it can be bound there, and nothing listens on
 * it for all addresses either. Never throws.
 */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const asked = await tryBind({ port, host });
  if (asked === 'forbidden') return findListeners(port).length === 0;
  if (asked === 'taken') return false;
  // Linux refuses the bind above for an IPv4 wildcard; others let the closer address win.
  if (process.platform !== 'linux' && (await tryBind({ port, host: '0.0.0.0' })) === 'taken') {
    return false;
  }
  return (await tryBind({ port, host: '::', ipv6Only: true })) !== 'taken';
}

type BindResult = 'bound' | 'taken' | 'forbidden' | 'impossible';

function tryBind(options: { port: number; host: string; ipv6Only?: boolean }): Promise<BindResult> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'EADDRINUSE') resolve('taken');
      else resolve(code === 'EACCES' ? 'forbidden' : 'impossible');
    });
    server.listen({ ...options, exclusive: true }, () => server.close(() => resolve('bound')));
  });
}
