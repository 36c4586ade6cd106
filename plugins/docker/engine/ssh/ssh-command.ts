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

/** The same for a command there, which the user's shell of that machine reads. */
export function commandArguments(
  address: SshAddress,
  { command, isAttended }: { command: string; isAttended: boolean },
): string[] {
  return [...optionsFor(address, isAttended), '-T', '--', address.host, command];
}

/** The same for the machine itself, its name last: for those who forward ports. */
export function machineArguments(
  address: SshAddress,
  { isAttended }: { isAttended: boolean },
): string[] {
  return [...reachOptions(address, isAttended), address.host];
}

/** What a person types to have ports of the other machine on this one. */
export function forwardCommand(
  { host, user, port, configFile }: Pick<SshAddress, 'host' | 'user' | 'port' | 'configFile'>,
  ports: readonly number[],
): string {
  return [
    'ssh -N',
    ...(configFile === undefined ? [] : [`-F ${configFile}`]),
    ...ports.map((one) => `-L ${one}:127.0.0.1:${one}`),
    ...(port === undefined ? [] : [`-p ${port}`]),
    user === undefined ? host : `${user}@${host}`,
  ].join(' ');
}

function optionsFor(address: SshAddress, isAttended: boolean): string[] {
  return [...reachOptions(address, isAttended), '-o', 'ClearAllForwardings=yes'];
}

function reachOptions({ user, port, configFile }: SshAddress, isAttended: boolean): string[] {
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    // Where nobody is there to answer, a question would wait for ever.
    ...(isAttended ? [] : ['-o', 'BatchMode=yes']),
    '-o',
    'RemoteCommand=none',
  ];
}
