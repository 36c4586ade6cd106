import { randomBytes } from 'node:crypto';
import { constants, lstatSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { reasonOf } from 'devservices/machine';
import type { ProgramPlace } from 'devservices/runner';

import { embeddedErrors } from '../errors.ts';

/** Where root keeps programs that another user runs: nobody else may enter root's own folders. */
const sharedCache = '/var/cache/devservices';

/**
 * A package's programs in a folder of their own, where all who run them may enter, and where they stay
 * whole while the repo's packages are installed anew. Copied once for each name; cheap afterwards.
 * Throws DS_EMBEDDED_PROGRAM_UNCOPIED.
 */
export async function copyProgram(
  place: Pick<ProgramPlace, 'service' | 'cacheFolder' | 'user'>,
  { from, name }: { from: string; name: string },
  shared = sharedCache,
): Promise<string> {
  const programs = join(place.user ? shared : place.cacheFolder, 'programs');
  const to = join(programs, name);
  const part = join(programs, `.${name}.${randomBytes(6).toString('hex')}`);
  try {
    if (place.user) await ensureRootFolders(shared, programs);
    if (lstatSync(to, { throwIfNoEntry: false })) return to;
    await mkdir(programs, { recursive: true });
    await removeLeft(programs);
    await cp(from, part, {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
    });
    await linkLibraries(part);
    await openToAll(part);
    await rename(part, to).catch((error: unknown) => {
      // Somebody else was faster.
      if (!lstatSync(to, { throwIfNoEntry: false })) throw error;
    });
  } catch (error) {
    const facts = { service: place.service, from, to, reason: reasonOf(error) };
    throw embeddedErrors.create('DS_EMBEDDED_PROGRAM_UNCOPIED', facts, error);
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return to;
}

async function ensureRootFolders(...folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    if (!lstatSync(folder, { throwIfNoEntry: false })) {
      await mkdir(folder, { recursive: true });
      await chmod(folder, 0o755);
    }
    const found = lstatSync(folder);
    if (!found.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) {
      throw new Error(`${folder} can be changed by others than root`);
    }
  }
}

/** Halves of copies that were killed; nobody copies for an hour. */
async function removeLeft(programs: string): Promise<void> {
  const names = await readdir(programs);
  for (const path of names
    .filter((name) => name.startsWith('.'))
    .map((one) => join(programs, one))) {
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > 3_600_000) await rm(path, { recursive: true });
  }
}

/** npm packs no links: which there were is in a list, and an install script would make them. */
async function linkLibraries(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[]) {
    const [file, link] = [source, target].map((path) => posix.relative('native', path));
    if (file === undefined || link === undefined || [file, link].some(isOutside)) continue;
    await symlink(relative(dirname(link), file), join(folder, link)).catch((error: unknown) => {
      // An install script was there.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}

const isOutside = (path: string): boolean => path === '..' || path.startsWith('../');

/** Whatever umask the packages were installed with. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const item of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (item.isSymbolicLink()) continue;
    const path = join(item.parentPath, item.name);
    const isRun = item.isDirectory() || ((await stat(path)).mode & 0o100) !== 0;
    await chmod(path, isRun ? 0o755 : 0o644);
  }
}
