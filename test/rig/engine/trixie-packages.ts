import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findDebianMirrors } from './debian-mirrors.ts';
import { withFolderLock } from './folder-lock.ts';
import { cacheFolder, ensurePrivate, runFolder } from './places.ts';
import { runOrThrow } from './run-command.ts';
import { say } from './say.ts';

export interface TrixiePackages {
  /** What the folder in the cache is called. */
  name: string;
  packages: readonly string[];
  /** With everything that they depend on, the C library included: a `/usr` that stands alone. */
  withDependencies?: boolean;
}

/**
 * The folder in which these packages of Debian 13 lie unpacked: nothing is installed, the machine's
 * own package lists stay as they are. Fetched once; throws with apt's last lines.
 */
export async function unpackTrixie(wanted: TrixiePackages): Promise<string> {
  const stamp = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 8);
  const folder = cacheFolder(`trixie-${wanted.name}-${stamp}`);
  await withFolderLock(join(runFolder(), `trixie-${wanted.name}.lock`), async () => {
    if (!existsSync(folder)) await fetchInto(folder, wanted);
  });
  return folder;
}

async function fetchInto(folder: string, wanted: TrixiePackages): Promise<void> {
  say(`fetching ${wanted.packages.join(', ')} from the packages of Debian 13`);
  ensurePrivate(cacheFolder('.'));
  const unfinished = await mkdtemp(`${folder}.new-`);
  try {
    const archives = await download(join(unfinished, 'apt'), wanted);
    const root = join(unfinished, 'root');
    for (const archive of archives) await runOrThrow('dpkg', ['-x', archive, root]);
    await rename(root, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function download(folder: string, wanted: TrixiePackages): Promise<string[]> {
  const archives = join(folder, 'cache/archives');
  const apt = await prepareApt(folder);
  await runOrThrow('apt-get', [...apt, 'update']);
  const install = ['install', '-y', '--no-install-recommends', '--download-only'];
  const [command, settings] = wanted.withDependencies
    ? [install, asOptions(nothingInstalled)]
    : [['download'], []];
  await runOrThrow('apt-get', [...apt, ...settings, ...command, ...wanted.packages], {
    cwd: archives,
  });
  const names = (await readdir(archives)).filter((name) => name.endsWith('.deb'));
  if (names.length === 0) throw new Error('apt-get left no package.');
  return names.map((name) => join(archives, name));
}

/** Makes apt resolve as if on an empty machine, on which nothing is essential either. */
const nothingInstalled = {
  'Dir::State::status': '/dev/null',
  'APT::pkgCacheGen::ForceEssential': 'none',
};

/** Options that keep this list and its files apart from those of the machine's own release. */
async function prepareApt(folder: string): Promise<string[]> {
  const { main } = await findDebianMirrors();
  const list = join(folder, 'sources.list');
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(list, `deb ${main} trixie main\n`);
  return asOptions({
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
    // apt's own user can not write into a folder that is private to this one.
    'APT::Sandbox::User': 'root',
  });
}

function asOptions(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
