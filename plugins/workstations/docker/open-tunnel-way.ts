import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { replaceStateFile } from 'devservices/machine';
import type { TunnelProgram, Workstation } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import type { DockerSide } from './docker-side.ts';
import { logIn } from './log-in.ts';
import type { Inspected } from './read-workstation.ts';
import { hostKeyAlias, tunnelCommand } from './tunnel-command.ts';

export interface TunnelRequest {
  workstation: Workstation;
  remotePort: number;
  found: Inspected;
  signal: AbortSignal;
}

/** Throws DS_WORKSTATION_NOT_RUNNING and DS_WORKSTATION_UNREACHABLE. */
export async function openTunnelWay(
  side: DockerSide,
  request: TunnelRequest,
): Promise<TunnelProgram> {
  const { workstation, remotePort, found } = request;
  const { name } = workstation;
  // Another one each time that it is started.
  const published = found.NetworkSettings.Ports['22/tcp']?.[0]?.HostPort;
  if (!found.State.Running || published === undefined) {
    const state = found.State.Status;
    throw workstationErrors.create('DS_WORKSTATION_NOT_RUNNING', { name, state });
  }
  const [route, login, localPort] = await Promise.all([
    side.route(),
    logIn(side, request),
    findFreePort(),
  ]);
  const { user, identityFile, hostKeys } = login;
  const knownHosts = join(dirname(identityFile), 'known_hosts');
  replaceStateFile(knownHosts, hostKeys.map((key) => `${hostKeyAlias} ${key}\n`).join(''));
  const sshdPort = Number(published);
  const to = { user, identityFile, knownHosts };
  const command = tunnelCommand({ route, sshdPort, remotePort, localPort, login: to });
  if (command) return { command, localPort };
  const place = `its engine is at ${route.url}`;
  throw workstationErrors.create('DS_WORKSTATION_UNREACHABLE', {
    name,
    reason: route.sshArguments
      ? `${place}, where only its port 22 can be reached`
      : `${place}, and no ssh leads to that machine`,
    hint: 'Use an engine of this machine, or one behind ssh://.',
  });
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
