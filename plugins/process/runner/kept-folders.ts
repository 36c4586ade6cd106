import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ensurePrivateFolder } from 'devservices/machine';
import type { OwnedData, ProjectIdentity } from 'devservices/runner';

import { processErrors } from '../errors.ts';
import { forgetFolder, type KeptFolder, readFolders, rememberFolder } from './folder-list.ts';
import { findPlainUser } from './plain-user.ts';

/** Where all that is kept is. */
export interface FolderPlaces {
  stateHome: string;
  /** Of root's, enterable by all, for what belongs to somebody else. Default: /var/lib/devservices. */
  sharedBase?: string;
}

/** Whose data it is; each run of a service has its own. */
export interface FolderOwner {
  project: ProjectIdentity;
  service: string;
  runKey: string;
}

/**
 * Where the data of an embedded program is, and as whom it runs; makes nothing. What was chosen once
 * stays. As root, a program that refuses to be that gets a folder of an unprivileged user's, outside of
 * root's own, which nobody else may enter. Throws DS_PROCESS_USER_MISSING.
 */
export function resolveDataFolder(
  places: FolderPlaces,
  owner: FolderOwner,
  { isRootRefused }: { isRootRefused: boolean },
): Pick<KeptFolder, 'path' | 'user'> {
  const isMoved = isRootRefused && process.getuid?.() === 0;
  const { project, checkout } = owner.project;
  const known = readFolders(places.stateHome, checkout)
    .filter(isOf(owner))
    .find(({ user }) => (user !== undefined) === isMoved);
  if (known) return { path: known.path, ...(known.user && { user: known.user }) };
  const own = [project, owner.service, owner.runKey] as const;
  if (!isMoved) return { path: join(places.stateHome, checkout, 'data', ...own) };
  return { path: join(sharedBaseOf(places), checkout, ...own), user: findPlainUser() };
}

/** Makes what `resolveDataFolder` found (0700, the user's) and remembers it. Cheap where it is there. */
export function ensureDataFolder(
  places: FolderPlaces,
  owner: FolderOwner,
  { path, user }: Pick<KeptFolder, 'path' | 'user'>,
): void {
  const { checkout, project } = owner.project;
  const { service, runKey } = owner;
  if (
    !readFolders(places.stateHome, checkout).some((one) => isOf(owner)(one) && one.path === path)
  ) {
    const found = { project, service, runKey, path, ...(user && { user }) };
    rememberFolder(places.stateHome, checkout, found);
  }
  if (!user) return ensurePrivateFolder(path);
  // From the base on all are root's, so that only root can put something else in a place of these.
  const base = sharedBaseOf(places);
  const parts = [checkout, project, service].map((_, at, all) =>
    join(base, ...all.slice(0, at + 1)),
  );
  for (const folder of [base, ...parts]) ensureRootFolder(folder);
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) {
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, user.uid, user.gid);
  } else if (!found.isDirectory() || found.uid !== user.uid) {
    throw foreign(path, found.isDirectory() ? `owned by user ${found.uid}` : 'no folder');
  }
}

/** What is kept of these services, by path. */
export function listDataFolders(
  places: FolderPlaces,
  project: ProjectIdentity,
  services: readonly string[] | 'all',
): readonly OwnedData[] {
  return readFolders(places.stateHome, project.checkout)
    .filter((one) => one.project === project.project)
    .filter(({ service }) => services === 'all' || services.includes(service))
    .filter(({ path }) => lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    .map(({ service, runKey, path }) => ({
      kind: 'process',
      project,
      service,
      runKey,
      name: path,
    }));
}

/**
 * Removes one that was listed; a link in it is removed, not what it leads to. Throws
 * DS_PROCESS_FOLDER_FOREIGN for what is not where it was made, or is another user's.
 */
export function removeDataFolder(places: FolderPlaces, found: OwnedData): void {
  const { project, checkout } = found.project;
  const owned = readFolders(places.stateHome, checkout).find(
    (one) => one.path === found.name && one.service === found.service && one.project === project,
  );
  if (!owned) return;
  const stats = lstatSync(owned.path, { throwIfNoEntry: false });
  if (stats) {
    const base = owned.user ? sharedBaseOf(places) : join(places.stateHome, checkout);
    const inside = owned.path.slice(base.length);
    if (realpathSync(dirname(owned.path)) !== dirname(join(realpathSync(base), inside))) {
      throw foreign(owned.path, 'behind a link');
    }
    const uid = owned.user?.uid ?? process.getuid?.();
    if (uid !== undefined && stats.uid !== uid)
      throw foreign(owned.path, `owned by user ${stats.uid}`);
    // Out of its user's reach first: nothing can be put in its place while it is emptied.
    const away = join(
      owned.user ? join(base, checkout) : base,
      `.${randomBytes(6).toString('hex')}`,
    );
    mkdirSync(away, { mode: 0o700 });
    renameSync(owned.path, join(away, 'removed'));
    rmSync(away, { recursive: true });
    removeEmpty(dirname(owned.path), base);
  }
  forgetFolder(places.stateHome, checkout, owned);
}

const sharedBaseOf = ({ sharedBase = '/var/lib/devservices' }: FolderPlaces): string => sharedBase;

function isOf(owner: FolderOwner) {
  return ({ project, service, runKey }: KeptFolder): boolean =>
    project === owner.project.project && service === owner.service && runKey === owner.runKey;
}

function removeEmpty(folder: string, base: string): void {
  if (folder === base || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmpty(dirname(folder), base);
}

function ensureRootFolder(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    return chmodSync(path, 0o755);
  }
  if (!found.isDirectory()) throw foreign(path, 'no folder');
  if (found.uid !== 0) throw foreign(path, `owned by user ${found.uid}`);
  if ((found.mode & 0o022) !== 0) throw foreign(path, 'writable by others');
}

function foreign(path: string, what: string) {
  return processErrors.create('DS_PROCESS_FOLDER_FOREIGN', { path, what });
}
