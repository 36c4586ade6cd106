import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { hear } from './ssh-master.ts';
import type { MasterPlace } from './ssh-master.ts';

const patienceMs = 5000;

/**
 * Whether the loopback address that an ssh leads to is this machine's own: what listens here is heard
 * there. Then every port is where it has to be already.
 */
export async function isSameMachine(place: MasterPlace): Promise<boolean> {
  const word = randomUUID();
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(word);
  });
  server.listen({ port: 0, host: '127.0.0.1', exclusive: true });
  await once(server, 'listening');
  try {
    const { port } = server.address() as { port: number };
    return (await hear(place, { port, timeoutMs: patienceMs })) === word;
  } finally {
    server.close();
  }
}
