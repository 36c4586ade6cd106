import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findDebianMirrors } from './engine/debian-mirrors.ts';
import { withFolderLock } from './engine/folder-lock.ts';
import { cacheFolder, ensurePrivate, runFolder } from './engine/places.ts';
import { runOrThrow } from './engine/run-command.ts';
import { say } from './engine/say.ts';

/**
 * Path of a `docker-compose` 2 binary, to be called as such or set as the CLI's plugin: the one of
 * Debian 13's package, unpacked in a cache and not installed. Null, with the reason on stderr, where
 * it can not be had.
 */
export async function composeBinary(): Promise<string | null> {
  const folder = cacheFolder('compose');
  const binary = join(folder, 'usr/libexec/docker/cli-plugins/docker-compose');
  try {
    await withFolderLock(join(runFolder(), 'compose.lock'), async () => {
      if (!existsSync(binary)) await unpackPackage(folder);
    });
    await runOrThrow(binary, ['version']);
    return binary;
  } catch (error) {
    say(`no docker compose to compare with: ${String(error)}`);
    return null;
  }
}

async function unpackPackage(folder: string): Promise<void> {
  say('fetching docker compose from the packages of Debian 13');
  ensurePrivate(cacheFolder('.'));
  const unfinished = await mkdtemp(`${folder}.new-`);
  try {
    const apt = await prepareApt(join(unfinished, 'apt'));
    await runOrThrow('apt-get', [...apt, 'update']);
    await runOrThrow('apt-get', [...apt, 'download', 'docker-compose'], { cwd: unfinished });
    const archive = (await readdir(unfinished)).find((name) => name.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download left no package.');
    await runOrThrow('dpkg', ['-x', join(unfinished, archive), unfinished]);
    await rm(join(unfinished, archive));
    await rm(join(unfinished, 'apt'), { recursive: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Options that keep this list and its files apart from those of the machine's own release. */
async function prepareApt(folder: string): Promise<string[]> {
  const { main } = await findDebianMirrors();
  const list = join(folder, 'sources.list');
  await mkdir(join(folder, 'lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await writeFile(list, `deb ${main} trixie main\n`);
  const settings = {
    'Dir::Etc::sourcelist': list,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
    // apt's own user can not write into a folder that is private to this one.
    'APT::Sandbox::User': 'root',
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
