import { listListeners, socketsOf } from 'devservices/machine';

/** The ports on which one of these processes listens for 127.0.0.1. Linux only. */
export function findOwnPorts(pids: readonly number[]): readonly number[] {
  const inodes = new Set(pids.flatMap(socketsOf));
  if (inodes.size === 0) return [];
  return listListeners()
    .filter(({ inode, address }) => inodes.has(inode) && reachable.includes(address))
    .map(({ port }) => port);
}

const reachable: readonly string[] = ['127.0.0.1', '0.0.0.0', '::'];
