import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** A socket on loopback that keeps what it gets. */
export interface UdpReceiver {
  readonly port: number;
  readonly datagrams: readonly string[];
  /** All lines of all datagrams, in the order of their coming. */
  lines(): string[];
  /** Resolves when that holds of the lines; the test's own time is the limit. */
  until(holds: (lines: readonly string[]) => boolean): Promise<void>;
}

/** Opens one; it is closed with the test. */
export async function createUdpReceiver(address = '127.0.0.1'): Promise<UdpReceiver> {
  const socket = createSocket({
    type: address.includes(':') ? 'udp6' : 'udp4',
    recvBufferSize: 4_194_304,
  });
  const datagrams: string[] = [];
  const lines = () => datagrams.flatMap((datagram) => datagram.split('\n'));
  const looks = new Set<() => void>();
  socket.on('message', (bytes) => {
    datagrams.push(bytes.toString('utf8'));
    for (const look of looks) look();
  });
  socket.bind(0, address);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  return {
    port: socket.address().port,
    datagrams,
    lines,
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds(lines())) return;
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
  };
}
