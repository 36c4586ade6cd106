import { readdirSync, readFileSync } from 'node:fs';
import { findListeners } from 'devservices/machine';
import { markerVariable } from '../record/process-record.ts';
import { socketsOf } from './sockets-of.ts';

/** The service that listens on a port of this machine, if it is one of ours; Linux only. */
export function findPortOwner(port: number): string | undefined {
  const sockets = new Set(findListeners(port).map(({ inode }) => inode));
  if (sockets.size === 0) return undefined;
  for (const pid of pids()) {
    const mark = readMark(pid);
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

// Another user's are not shown, and are none of ours.
function readMark(pid: number): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const prefix = `${markerVariable}=`;
    return variables.find((line) => line.startsWith(prefix))?.slice(prefix.length);
  } catch {
    return undefined;
  }
}
