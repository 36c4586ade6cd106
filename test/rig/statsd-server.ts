import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A StatsD that only listens, on a real socket of loopback. */
export interface Statsd extends AsyncDisposable {
  readonly port: number;
  /** Everything that has come in, a measurement each. */
  lines(): readonly string[];
  /** The sum of what has come in of a counter. */
  total(key: string): number;
  /** Resolves as soon as the predicate is true; at once where it is already. */
  waitFor(predicate: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Listens at a free port until closed. */
export async function createStatsd(): Promise<Statsd> {
  const socket = createSocket('udp4');
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (datagram) => {
    lines.push(...datagram.toString().split('\n').filter(Boolean));
    for (const look of waiting) look();
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const close = () => new Promise<void>((resolve) => void socket.close(resolve));
  return {
    port: socket.address().port,
    lines: () => lines,
    total: (key) =>
      lines
        .filter((line) => line.startsWith(`${key}:`))
        .reduce((sum, line) => sum + Number(/:([\d.]+)\|c/.exec(line)?.[1] ?? 0), 0),
    waitFor: (predicate) =>
      new Promise((resolve) => {
        const look = () => {
          if (!predicate()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}
