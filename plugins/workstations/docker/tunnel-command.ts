import type { Contracts } from 'devservices';

export interface TunnelWay {
  route: Contracts['engineRoute'];
  /** Where the engine publishes the workstation's sshd, on its machine's 127.0.0.1. */
  sshdPort: number;
  /** Of the workstation. */
  remotePort: number;
  /** Of this machine. */
  localPort: number;
  login: { user: string; identityFile: string; knownHosts: string };
}

/** The name of the workstation in the file of its host key. */
export const hostKeyAlias = 'workstation';

/**
 * The `ssh` that has a port of this machine lead to a workstation's: through its own sshd where its engine
 * is on this machine, else through the machine of the engine. Undefined where no ssh leads there.
 */
export function tunnelCommand(way: TunnelWay): readonly string[] | undefined {
  const { route, sshdPort, remotePort, localPort, login } = way;
  const forward = (port: number) => ['-L', `127.0.0.1:${localPort}:127.0.0.1:${port}`];
  if (route.isLocal) {
    const { user, identityFile, knownHosts } = login;
    const own = [
      'IdentitiesOnly=yes',
      `IdentityFile=${quotePath(identityFile)}`,
      `UserKnownHostsFile=${quotePath(knownHosts)}`,
      'GlobalKnownHostsFile=/dev/null',
      `HostKeyAlias=${hostKeyAlias}`,
      'StrictHostKeyChecking=yes',
      'UpdateHostKeys=no',
    ].flatMap((option) => ['-o', option]);
    const to = ['-p', String(sshdPort), '-l', user, '127.0.0.1'];
    return ['ssh', '-F', '/dev/null', ...stay, ...own, ...forward(remotePort), ...to];
  }
  if (route.sshArguments === undefined || remotePort !== 22) return undefined;
  const [host = '', ...options] = route.sshArguments.toReversed();
  return ['ssh', ...options.toReversed(), ...stay, ...forward(sshdPort), '--', host];
}

// A connection of its own, as another's would hold the port; ended where the other side is silent.
const stay = [
  '-N',
  '-T',
  ...[
    'BatchMode=yes',
    'ExitOnForwardFailure=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
    'ControlMaster=no',
    'ControlPath=none',
  ].flatMap((option) => ['-o', option]),
];

// ssh takes blanks for the end of a path, and replaces %x in it.
const quotePath = (path: string): string =>
  `"${path.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;
