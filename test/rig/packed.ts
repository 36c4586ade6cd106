import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { withFolderLock } from './engine/folder-lock.ts';
import { cacheFolder, ensurePrivate, runFolder } from './engine/places.ts';
import { runOrThrow } from './engine/run-command.ts';
import { say } from './engine/say.ts';

const repo = resolve(import.meta.dirname, '../..');

const tarball = 'devservices.tgz';

/** Flags that keep npm from running what packages bring, and from the network where it can. */
export const quietInstall = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];

/**
 * Builds and packs this repo, and installs the tarball in a project outside of it, without install
 * scripts: gives that folder, with the tarball, package.json, package-lock.json and node_modules. Once
 * for each state of the sources: later calls, also of other processes, get what is there. Throws with
 * the last lines of what failed.
 */
export async function packPackage(): Promise<string> {
  const folder = join(ensurePrivate(cacheFolder('packed')), hashSources());
  await withFolderLock(join(runFolder(), 'packed.lock'), async () => {
    if (existsSync(folder)) return;
    await make(folder);
    await forgetOld(dirname(folder));
  });
  // What is in use stays longest.
  utimesSync(folder, new Date(), new Date());
  return folder;
}

/** Copies what `packPackage` gave into a folder, as if it had been installed there. */
export function copyInstalled(packed: string, folder: string): void {
  cpSync(packed, folder, { recursive: true, verbatimSymlinks: true });
}

async function make(folder: string): Promise<void> {
  say('building and packing this repo');
  const unfinished = await mkdtemp(`${folder}.new-`);
  const dist = join(unfinished, 'dist');
  try {
    await runOrThrow(process.execPath, [tsdown(), '--out-dir', dist], { cwd: repo });
    const report = await runOrThrow('npm', ['pack', '--json', '--ignore-scripts'], { cwd: dist });
    const [{ filename }] = JSON.parse(report) as [{ filename: string }];
    await rename(join(dist, filename), join(unfinished, tarball));
    await rm(dist, { recursive: true });
    const dependencies = { devservices: `file:${tarball}` };
    const manifest = { name: 'packed-case', private: true, type: 'module', dependencies };
    await writeFile(join(unfinished, 'package.json'), JSON.stringify(manifest));
    await runOrThrow('npm', ['install', ...quietInstall], { cwd: unfinished });
    // Only a complete folder gets the name that is looked for.
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function tsdown(): string {
  const manifest = createRequire(import.meta.url).resolve('tsdown/package.json');
  return join(dirname(manifest), 'dist/run.mjs');
}

function hashSources(): string {
  const hash = createHash('sha256').update(process.version);
  for (const file of sources.flatMap((name) => listFiles(join(repo, name)))) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Everything that goes into the package, or into how it is made. */
const sources = [
  'core',
  'plugins',
  'tasks',
  'build',
  'tsdown.config.ts',
  'tsconfig.json',
  'package.json',
  'package-lock.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
];

function listFiles(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [path] : [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

// Others may be in the middle of a run on theirs.
async function forgetOld(folder: string): Promise<void> {
  const kept = 4;
  const recentMs = 6 * 60 * 60 * 1000;
  const usedMs = (path: string): number => statSync(path).mtimeMs;
  const byAge = readdirSync(folder)
    .map((name) => join(folder, name))
    .toSorted((one, other) => usedMs(other) - usedMs(one));
  const old = byAge.slice(kept).filter((path) => Date.now() - usedMs(path) > recentMs);
  for (const path of old) await rm(path, { recursive: true, force: true });
}
