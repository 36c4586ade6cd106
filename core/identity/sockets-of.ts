import { readdirSync, readlinkSync } from 'node:fs';

/** Inodes of the sockets that a process has open; none of a process that this user may not look into. */
export function socketsOf(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => inodeOf(`${folder}/${fd}`));
  } catch {
    return [];
  }
}

function inodeOf(link: string): readonly string[] {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(link)) ?? [];
    return inode === undefined ? [] : [inode];
  } catch {
    return [];
  }
}
