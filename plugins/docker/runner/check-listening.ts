import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Instance, PortBinding } from 'devservices/runner';
import { remoteHostOf } from '../engine/engine-address.ts';
import type { Engine } from '../engine/engine.ts';
import { thisMachine } from './container-addresses.ts';
import type { ContainerAddresses } from './container-addresses.ts';
import type { CommandRunner } from '../commands/exec-command.ts';
import { hasListener } from './has-listener.ts';

/** How long a connect may take before the container counts as not reachable that way. */
const connectTimeoutMs = 1000;
/** How long a published port has to stay open to count: a proxy in front of nothing hangs up. */
const proxyPatienceMs = 200;

/**
 * Whether something inside listens. A connect to the container's own address tells; where that is
 * not to be reached, the kernel's list of sockets inside does.
 */
export async function checkListening(
  {
    engine,
    addresses,
    commands,
  }: { engine: Engine; addresses: ContainerAddresses; commands: CommandRunner },
  { instance, port, signal }: { instance: Instance; port: PortBinding; signal: AbortSignal },
): Promise<boolean> {
  const host = port.protocol === 'tcp' ? await addresses.find(instance, signal) : undefined;
  if (host !== undefined) {
    const outcome = await tryConnect({ host, port: port.container }, signal);
    if (outcome === 'open') return true;
    addresses.doubt(instance.id);
    if (outcome === 'refused' && host !== thisMachine) return false;
  }
  const { exitCode, output } = await commands.run(instance, {
    command: ['cat', `/proc/net/${port.protocol}`, `/proc/net/${port.protocol}6`],
    signal,
  });
  // Without IPv6 the second file is missing: `cat` fails, and has printed the first.
  if (exitCode === 0 || output.includes('local_address')) {
    return hasListener(output, { ...port, isOnLoopback: host === thisMachine });
  }
  if (remoteHostOf(await engine.connect(signal)) !== undefined) {
    // The port of this machine would be asked about another machine's container.
    throw new Error(
      'the engine is on another machine and the image has no `cat`: give the service a ready.log, ready.http or healthcheck',
    );
  }
  return port.protocol === 'tcp' && staysOpen(port.host, signal);
}

function tryConnect(
  place: { host: string; port: number },
  signal: AbortSignal,
): Promise<'open' | 'refused' | 'silent'> {
  return withSocket<'open' | 'refused' | 'silent'>({ ...place, signal }, (socket, end) => {
    socket.setTimeout(connectTimeoutMs, () => end('silent'));
    socket.once('connect', () => end('open'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      end(code === 'ECONNREFUSED' ? 'refused' : 'silent'),
    );
  });
}

// The last resort, for images without `cat` on engines elsewhere.
function staysOpen(port: number, signal: AbortSignal): Promise<boolean> {
  return withSocket<boolean>({ host: '127.0.0.1', port, signal }, (socket, end) => {
    socket.setTimeout(proxyPatienceMs, () => end(!socket.connecting));
    socket.once('data', () => end(true));
    for (const event of ['error', 'end', 'close']) socket.once(event, () => end(false));
  });
}

// Node never lets go of a signal that is given to `connect` itself.
async function withSocket<Outcome>(
  { signal, ...place }: { host: string; port: number; signal: AbortSignal },
  use: (socket: Socket, end: (outcome: Outcome) => void) => void,
): Promise<Outcome> {
  signal.throwIfAborted();
  const socket = connect(place);
  let stop = () => {};
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      stop = () => reject(signal.reason as Error);
      signal.addEventListener('abort', stop, { once: true });
      use(socket, resolve);
    });
  } finally {
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}
