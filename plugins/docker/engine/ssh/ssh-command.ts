import type { SshAddress } from '../engine-address.ts';

/**
 * The arguments of the `ssh` that joins its own input and output to an engine's socket. The user's
 * configuration, agent and known hosts hold; what it forwards for people is left out.
 */
export function engineArguments(
  address: SshAddress,
  { isAttended }: { isAttended: boolean },
): string[] {
  const { host, path, isForwarded } = address;
  const options = optionsFor(address, isAttended);
  if (isForwarded) return [...options, '-W', path ?? '/var/run/docker.sock', '--', host];
  const engine = path === undefined ? [] : ['--host', `unix://${path}`];
  return [...options, '-T', '--', host, 'docker', ...engine, 'system', 'dial-stdio'];
}

/** The same for a port of the other machine's loopback address. */
export function portArguments(
  address: SshAddress,
  { port, isAttended }: { port: number; isAttended: boolean },
): string[] {
  return [...optionsFor(address, isAttended), '-W', `127.0.0.1:${port}`, '--', address.host];
}

/** What a person types to have ports of the other machine on this one. */
export function forwardCommand(
  { host, user, port }: Pick<SshAddress, 'host' | 'user' | 'port'>,
  ports: readonly number[],
): string {
  return [
    'ssh -N',
    ...ports.map((one) => `-L ${one}:127.0.0.1:${one}`),
    ...(port === undefined ? [] : [`-p ${port}`]),
    user === undefined ? host : `${user}@${host}`,
  ].join(' ');
}

function optionsFor({ user, port }: SshAddress, isAttended: boolean): string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    // Where nobody is there to answer, a question would wait for ever.
    ...(isAttended ? [] : ['-o', 'BatchMode=yes']),
    '-o',
    'ClearAllForwardings=yes',
    '-o',
    'RemoteCommand=none',
  ];
}
