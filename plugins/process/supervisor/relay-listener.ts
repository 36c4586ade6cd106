import { BlockList, connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { NetworkInterfaceInfo } from 'node:os';

/** Where a relay listens, and whom it leads to. */
export interface RelayRoute {
  /** Address of this machine. */
  at: string;
  port: number;
  /** The address at which the service listens now; undefined where it does not. */
  findTarget(): string | undefined;
}

export interface RelayListener {
  /** Takes no more connections; those that are there go on. */
  stop(): void;
  /** Ends its connections as well. */
  close(): void;
}

// What died without a word, as a container that is killed, is noticed some time later.
const keepAliveMs = 30_000;

/**
 * Passes connections on to the service, byte for byte, for neighbours on the address's network alone.
 * Rejects with Node's own error where it cannot listen.
 */
export async function openRelay({ at, port, findTarget }: RelayRoute): Promise<RelayListener> {
  const open = new Set<Socket>();
  const server = createServer(
    { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    (client) => {
      const { remoteAddress: from = '' } = client;
      const host = isNeighbour({ at, from }) ? findTarget() : undefined;
      // Without a listener of its own nobody would have answered the client either.
      if (host === undefined) return void client.on('error', () => {}).resetAndDestroy();
      const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
      for (const socket of [client, upstream]) {
        open.add(socket);
        socket.once('close', () => open.delete(socket));
      }
      join(client, upstream);
    },
  );
  await listen(server, at, port);
  const stop = (): void => void server.close();
  return {
    stop,
    close() {
      stop();
      for (const socket of open) socket.resetAndDestroy();
    },
  };
}

/** Whether an address is on the same network of this machine as one of its own. */
export function isNeighbour({
  at,
  from,
  interfaces = networkInterfaces(),
}: {
  at: string;
  from: string;
  interfaces?: NodeJS.Dict<readonly Pick<NetworkInterfaceInfo, 'address' | 'cidr'>[]>;
}): boolean {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const exact = all.filter(({ address }) => address === at);
  return (exact.length > 0 ? exact : all).some(({ cidr }) => {
    const [net = '', prefix = ''] = cidr?.split('/') ?? [];
    if (!net.includes('.') || prefix === '') return false;
    const network = new BlockList();
    network.addSubnet(net, Number(prefix));
    return network.check(at) && network.check(from);
  });
}

// An end of one side is passed on alone, so that the other may still answer; a broken side breaks both.
function join(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.pipe(to);
    from.on('error', () => void to.resetAndDestroy());
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      // One connection that cannot be taken is no reason for the rest to end.
      server.off('error', reject).on('error', () => {});
      resolve();
    });
  });
}
