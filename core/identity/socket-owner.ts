import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** The process that has a socket open, of those that this user may look into; Linux only. */
export function findSocketOwner(inode: string): number | undefined {
  const target = `socket:[${inode}]`;
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      const folder = `/proc/${pid}/fd`;
      return list(folder).some((fd) => readLink(`${folder}/${fd}`) === target);
    });
}

/**
 * What a process runs, for people: the program, and for an interpreter its script. No other argument:
 * they may hold secrets.
 */
export function describeProcess(pid: number): string | undefined {
  try {
    const [program = '', script = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    const name = basename(program) || readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
    const isScript = /^[\w@./-]+\.(?:[cm]?[jt]sx?|py|rb|php|pl|sh|jar)$/.test(script);
    return isScript ? `${name} ${basename(script)}` : name;
  } catch {
    return undefined;
  }
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
