import type { Endpoints } from 'devservices';
import { remoteHostOf } from './engine-address.ts';
import type { EngineAddress, SshAddress } from './engine-address.ts';
import { forwardCommand } from './ssh/ssh-command.ts';

/** Whether ports of the engine's machine are forwarded to this one. */
export function canForwardPorts(
  address: EngineAddress,
  platform: NodeJS.Platform = process.platform,
): address is SshAddress {
  // The ssh of Windows lets no other use its connection.
  return address.kind === 'ssh' && platform !== 'win32';
}

/**
 * What to tell of services on an engine of another machine whose ports are not forwarded: they are on
 * that one's loopback address. Undefined where they are on this one's.
 */
export function describeRemotePorts(
  address: EngineAddress,
  services: readonly { endpoints: Endpoints }[],
): string | undefined {
  const host = canForwardPorts(address) ? undefined : remoteHostOf(address);
  const ports = services.flatMap(({ endpoints }) =>
    Object.values(endpoints).map(({ port }) => port),
  );
  if (host === undefined || ports.length === 0) return undefined;
  const command = forwardCommand(address.kind === 'ssh' ? address : { host }, ports);
  return `The engine is on ${host}, and so are these ports. To have them on this machine: \`${command}\``;
}
