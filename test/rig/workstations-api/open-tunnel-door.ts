import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { makeAuthority } from '../tls-proxy.ts';
import type { ApiCall } from './answer-call.ts';
import type { ApiFault } from './workstations-api.ts';

/** Where workstations' hosts are: one TLS server for them all, told apart by the tokens they ask for. */
export interface TunnelDoor {
  /** What the API names as each workstation's host. */
  readonly host: string;
  /** Of who signed its certificate. */
  readonly authorityFile: string;
  issueToken(workstation: string): string;
  /** Ends what is open to a workstation. */
  breakAll(workstation: string): void;
  close(): Promise<void>;
}

/** Each websocket on `/_workstation/tcp/PORT` is a connection to what `ports` says of that port. */
export async function openTunnelDoor({
  folder,
  ports,
  note,
  isRunning,
}: {
  folder: string;
  /** Read anew for each connection. */
  ports: Readonly<Record<number, number>>;
  note(call: ApiCall): ApiFault | undefined;
  isRunning(workstation: string): boolean;
}): Promise<TunnelDoor> {
  const authority = makeAuthority(join(folder, 'authority'));
  const read = (name: string) => readFileSync(join(authority, name));
  const issued = new Map<string, string>();
  const open = new Map<Duplex, string>();
  const sockets = new Set<Duplex>();
  const server = createServer({ cert: read('server-cert.pem'), key: read('server-key.pem') });
  // The CLI marks what it sends as text, whatever the bytes are.
  const upgrades = new WebSocketServer({ noServer: true, skipUTF8Validation: true });

  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = request.url ?? '';
    const bearer = request.headers.authorization?.replace('Bearer ', '') ?? '';
    const resource = issued.get(bearer) ?? '';
    const workstation = resource.split('/').at(-1) ?? '';
    const fault = note({ kind: 'tunnel', method: 'GET', path, query: {}, resource, workstation });
    if (fault === 'hang') return;
    if (fault === 'reset') return void socket.destroy();
    const target = ports[Number(/^\/_workstation\/tcp\/(\d+)$/.exec(path)?.[1])];
    const status =
      typeof fault === 'object' && 'status' in fault
        ? fault.status
        : refusal({ isKnown: resource !== '', isRunning: isRunning(resource), target });
    if (status !== undefined || target === undefined) {
      return void socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\n\r\n`);
    }
    upgrades.handleUpgrade(request, socket, head, (near) => {
      open.set(socket, resource);
      // The CLI does not hang up by itself: over is what the other end has left.
      relay(near, target).once('close', () => open.delete(socket));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    authorityFile: join(authority, 'ca.pem'),
    issueToken(workstation) {
      const token = `access-${issued.size + 1}`;
      issued.set(token, workstation);
      return token;
    },
    breakAll(workstation) {
      for (const [socket, resource] of open) if (workstation === resource) socket.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function refusal(of: {
  isKnown: boolean;
  isRunning: boolean;
  target: number | undefined;
}): number | undefined {
  if (!of.isKnown) return 401;
  return of.isRunning && of.target !== undefined ? undefined : 503;
}

function relay(near: WebSocket, port: number): Socket {
  const far = connect(port, '127.0.0.1');
  near.on('message', (bytes: Buffer) => void far.write(bytes));
  near.on('close', () => far.end());
  near.on('error', () => far.destroy());
  far.on('data', (bytes) => near.send(bytes, { binary: true }));
  far.on('close', () => near.close());
  far.on('error', () => near.terminate());
  return far;
}
