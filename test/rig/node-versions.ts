import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { withFolderLock } from './engine/folder-lock.ts';
import { cacheFolder, ensurePrivate, runFolder } from './engine/places.ts';
import { runOrThrow } from './engine/run-command.ts';
import { say } from './engine/say.ts';

export type NodeMajor = 20 | 22 | 24;

/**
 * Path of a node binary of that major, from the npm package that carries it for this platform. It is
 * installed once a machine. Throws with npm's last lines when it can not be.
 */
export async function nodeBinary(major: NodeMajor): Promise<string> {
  // What the package `node` would fetch in an install script; taken directly, no script has to run.
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(ensurePrivate(cacheFolder('node')), `${name}-${major}`);
  const binary = join(folder, 'node_modules', name, 'bin/node');
  if (existsSync(binary)) return binary;
  await withFolderLock(join(runFolder(), `node-${major}.lock`), async () => {
    if (!existsSync(binary)) await install(`${name}@${major}`, folder);
  });
  await assertMajor(binary, major);
  return binary;
}

async function install(spec: string, folder: string): Promise<void> {
  say(`installing ${spec} from npm`);
  const unfinished = await mkdtemp(`${folder}.new-`);
  try {
    const flags = ['--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
    await runOrThrow('npm', ['install', '--prefix', unfinished, ...flags, spec], {
      cwd: unfinished,
    });
    // Only a complete folder gets the name that is looked for: an install cut short leaves none.
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function assertMajor(binary: string, major: NodeMajor): Promise<void> {
  const version = (await runOrThrow(binary, ['--version'])).trim();
  if (!version.startsWith(`v${major}.`)) throw new Error(`${binary} is ${version}, not ${major}.`);
}
