import { accessSync, constants, type Stats, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** Where a program is: found, found but not executable, or in none of these folders. */
export type FoundProgram = { path: string } | { denied: string } | { looked: readonly string[] };

export interface ProgramSearch {
  path: string | undefined;
  cwd: string;
  /** As whom it runs, where that is not who runs us. */
  user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** Finds a program as a shell would: by its path, relative to `cwd`, or by its name on the `PATH`. */
export function findProgram(name: string, { path = '', cwd, user }: ProgramSearch): FoundProgram {
  // An empty entry would be the folder in which it runs.
  const folders = path
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => resolve(cwd, folder));
  const places = name.includes('/')
    ? [resolve(cwd, name)]
    : name === ''
      ? []
      : folders.map((folder) => join(folder, name));
  let denied: string | undefined;
  for (const place of places) {
    const stats = look(place);
    if (!stats?.isFile()) continue;
    if (mayRun(place, stats, user)) return { path: place };
    denied ??= place;
  }
  return denied === undefined ? { looked: name.includes('/') ? [] : folders } : { denied };
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    // Not there, a part of it no folder, or not ours to look at: it is not what would be run.
    return undefined;
  }
}

function mayRun(path: string, { mode, uid, gid }: Stats, user: ProgramSearch['user']): boolean {
  if (user) {
    const bit = user.uid === uid ? 0o100 : user.gid === gid ? 0o010 : 0o001;
    return (mode & bit) !== 0;
  }
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
