import { readFileSync } from 'node:fs';
import { SocketAddress } from 'node:net';

/** A socket that listens, or of UDP one that is bound. */
export interface Listener {
  address: string;
  port: number;
  /** Number of its socket, by which its process is found. */
  inode: string;
}

const listening = { tcp: '0A', udp: '07' };

/** The sockets of this machine (of this network namespace) that listen on a port; none off Linux. */
export function findListeners(port: number, protocol: 'tcp' | 'udp' = 'tcp'): readonly Listener[] {
  return listListeners(protocol).filter((listener) => listener.port === port);
}

/** The same of all ports. */
export function listListeners(protocol: 'tcp' | 'udp' = 'tcp'): readonly Listener[] {
  return [`/proc/net/${protocol}`, `/proc/net/${protocol}6`].flatMap((table) =>
    parseListeners(readTable(table), protocol),
  );
}

/** The listening sockets in the text of a /proc/net/tcp or tcp6 table, or of their UDP siblings. */
export function parseListeners(
  table: string,
  protocol: 'tcp' | 'udp' = 'tcp',
): readonly Listener[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === listening[protocol])
    .map((fields) => {
      const [address = '', port = ''] = (fields[1] ?? '').split(':');
      return { address: readAddress(address), port: parseInt(port, 16), inode: fields[9] ?? '' };
    });
}

function readTable(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

// The kernel prints 32-bit words in this machine's byte order, which is little-endian wherever Node runs
// but on s390x.
function readAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex')].toReversed());
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff) {
    return bytes.slice(12).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}
