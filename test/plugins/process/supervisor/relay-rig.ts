import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { join } from 'node:path';
import { findListeners } from 'devservices/machine';
import type { Relay } from 'devservices/runner';
import { onTestFinished } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { placesOf } from '../../../../plugins/process/record/places.ts';
import { createRelays } from '../../../../plugins/process/supervisor/relays.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

const project = { project: 'shop', checkout: 'c0ffee' };
export const at = '127.0.0.2';

/** A way to a port of this machine. */
export const routeTo = (host: number, fields: Partial<Relay> = {}): Relay => ({
  project,
  service: 'api',
  port: { name: 'http', container: host, host, protocol: 'tcp' },
  at,
  ...fields,
});

/** Relays of a project whose only service has all sockets but those of `strangers`. */
export function openRelays(strangers: readonly string[] = [], stateHome = createTempFolder()) {
  const places = placesOf({ stateHome, runtimeFolder: '/nowhere' }, project);
  const clock = createFakeClock();
  const said: string[] = [];
  const relays = createRelays(places, (line) => void said.push(line), {
    clock,
    findOwn: (_, there) => there.filter(({ address }) => !strangers.includes(address)),
  });
  onTestFinished(() => relays.close());
  return { relays, clock, said, places, stateHome, file: join(places.folder, 'relays') };
}

/** A server that the test ends. */
export async function serve(
  onConnection: (socket: Socket) => void,
  { host = '127.0.0.1', port = 0 }: { host?: string; port?: number } = {},
): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
    onConnection(socket);
  });
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** A client's end of a connection. */
export function reach(port: number, host = at): Socket {
  const socket = connect({ host, port, allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that comes, without ending what goes. */
export async function read(socket: Socket): Promise<string> {
  let all = '';
  socket.setEncoding('utf8').on('data', (part: string) => (all += part));
  await once(socket, 'end');
  return all;
}

export const greet = (greeting: string) => (socket: Socket) => void socket.end(greeting);
export const addressesOf = (port: number) => findListeners(port).map(({ address }) => address);
