import type { Endpoints } from 'devservices';
import { remoteHostOf } from './engine-address.ts';
import type { EngineAddress } from './engine-address.ts';
import { forwardCommand } from './ssh/ssh-command.ts';

/**
 * What to tell of services on an engine of another machine: their ports are on that one's loopback
 * address. Undefined where they are on this one's.
 */
export function describeRemotePorts(
  address: EngineAddress,
  services: readonly { endpoints: Endpoints }[],
): string | undefined {
  const host = remoteHostOf(address);
  const ports = services.flatMap(({ endpoints }) =>
    Object.values(endpoints).map(({ port }) => port),
  );
  if (host === undefined || ports.length === 0) return undefined;
  const command = forwardCommand(address.kind === 'ssh' ? address : { host }, ports);
  return `The engine is on ${host}, and so are these ports. To have them on this machine: \`${command}\``;
}
