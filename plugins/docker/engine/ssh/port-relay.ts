import { createServer } from 'node:net';
import type { Server } from 'node:net';
import type { Duplex } from 'node:stream';

/** Ports of another machine's loopback address, each as a port of this one's. */
export interface PortRelay {
  /** The port here that leads to `port` there; made on first need, and there until `close`. */
  find(port: number): Promise<number>;
  close(): void;
}

/** `open` makes a connection to a port there. */
export function createPortRelay(open: (port: number) => Duplex): PortRelay {
  const servers = new Map<number, Promise<{ server: Server; port: number }>>();
  const connections = new Set<Duplex>();
  const start = async (port: number) => {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const far = open(port);
      for (const [from, to] of [
        [socket, far],
        [far, socket],
      ] as const) {
        connections.add(from);
        from.pipe(to);
        from.once('close', () => {
          connections.delete(from);
          to.destroy();
        });
        from.once('error', () => to.destroy());
      }
    });
    server.unref();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return { server, port: (server.address() as { port: number }).port };
  };
  return {
    async find(port) {
      const known = servers.get(port) ?? start(port);
      servers.set(port, known);
      return (await known).port;
    },
    close() {
      for (const connection of connections) connection.destroy();
      for (const started of servers.values()) {
        void started.then(({ server }) => server.close()).catch(() => {});
      }
      servers.clear();
    },
  };
}
