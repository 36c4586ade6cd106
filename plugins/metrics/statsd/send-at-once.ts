import { createSocket } from 'node:dgram';
import { isIP } from 'node:net';

/**
 * Hands datagrams to the system before it returns, for the end of a process: there is no name to be looked
 * up, so that the socket is bound and each of them is written in the very call.
 */
export function sendAtOnce(
  datagrams: readonly string[],
  { address, port }: { address: string; port: number },
): void {
  const family = isIP(address);
  const socket = createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    lookup: (host, _options, done) => done(null, host, family),
  });
  // Nobody is left who could be told.
  socket.on('error', () => {});
  socket.unref();
  for (const datagram of datagrams) socket.send(datagram, port, address, () => {});
}
