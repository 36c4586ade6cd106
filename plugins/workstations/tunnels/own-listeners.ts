import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { parseListeners } from 'devservices/machine';

/** The ports on which one of these processes listens for 127.0.0.1. Linux only. */
export function findOwnPorts(pids: readonly number[]): readonly number[] {
  const inodes = new Set(pids.flatMap(socketsOf));
  if (inodes.size === 0) return [];
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => parseListeners(read(table)))
    .filter(({ inode, address }) => inodes.has(inode) && reachable.includes(address))
    .map(({ port }) => port);
}

const reachable: readonly string[] = ['127.0.0.1', '0.0.0.0', '::'];

function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => inodeOf(`${folder}/${fd}`));
  } catch {
    // Another user's, or it ended in between.
    return [];
  }
}

function inodeOf(link: string): readonly string[] {
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(link))?.[1];
    return inode === undefined ? [] : [inode];
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A machine without IPv6 has no such table.
    return '';
  }
}
