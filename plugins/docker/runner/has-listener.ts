import type { PortBinding } from 'devservices/runner';

const listeningState: Readonly<Record<PortBinding['protocol'], string>> = { tcp: '0A', udp: '07' };
const loopback = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;

/**
 * Whether `/proc/net/tcp` or its siblings list a socket that takes connections on the port from
 * outside: one bound to the loopback interface does not.
 */
export function hasListener(
  table: string,
  {
    container,
    protocol,
    isOnLoopback = false,
  }: Pick<PortBinding, 'container' | 'protocol'> & {
    /** The loopback interface is the one that this machine has. */
    isOnLoopback?: boolean;
  },
): boolean {
  const port = container.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').some((line) => {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', at] = local.split(':');
    const isReachable = isOnLoopback || !loopback.test(address);
    return at === port && state === listeningState[protocol] && isReachable;
  });
}
