import { readdirSync } from 'node:fs';
import { findListeners, socketsOf } from 'devservices/machine';
import { readMarker } from '../ending/read-marker.ts';

/** The service that listens on a port of this machine, if it is one of ours; Linux only. */
export function findPortOwner(port: number): string | undefined {
  const sockets = new Set(findListeners(port).map(({ inode }) => inode));
  if (sockets.size === 0) return undefined;
  for (const pid of pids()) {
    const mark = readMarker(pid);
    if (mark === undefined || !socketsOf(pid).some((inode) => sockets.has(inode))) continue;
    const [, project = '', service = ''] = mark.split('/');
    return `the process ${service} of the project ${project} (pid ${pid})`;
  }
  return undefined;
}

function pids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
