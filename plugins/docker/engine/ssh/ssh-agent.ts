import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** Handshakes at once: an sshd drops further ones from ten on (its MaxStartups). */
const handshakes = 6;
/** A connection that says nothing for that long is not waited for: some requests take their time. */
const quietMs = 3000;

/** Kept-alive HTTP connections, each of which is one `ssh`. */
export function createSshAgent(open: () => Duplex): Agent {
  const waiting: (() => void)[] = [];
  let opening = 0;
  const begin = (hand: (error: null, connection: Duplex) => void): void => {
    opening += 1;
    const connection = open();
    const settle = (): void => {
      clearTimeout(timer);
      for (const event of ['data', 'close']) connection.off(event, settle);
      opening -= 1;
      waiting.shift()?.();
    };
    const timer = setTimeout(settle, quietMs);
    timer.unref();
    hand(null, connection);
    connection.once('close', settle);
    connection.prependOnceListener('data', settle);
  };
  // As Node calls it: the connection is handed to the callback, at once or later.
  const createConnection = (_: object, hand: (error: null, connection: Duplex) => void): void => {
    if (opening < handshakes) begin(hand);
    else waiting.push(() => begin(hand));
  };
  const agent = new Agent({ keepAlive: true });
  const destroy = (): void => {
    // Whoever waits for a connection would open it behind us.
    waiting.length = 0;
    Agent.prototype.destroy.call(agent);
  };
  return Object.assign(agent, { createConnection, destroy });
}
