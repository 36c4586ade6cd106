import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where one private engine keeps what dies with the machine (`run`) and what survives (`cache`). */
export interface EngineFolders {
  run: string;
  cache: string;
}

/** The folders of the engine that all test runs on this machine share. */
export function engineFolders(): EngineFolders {
  return { run: runFolder(), cache: cacheFolder('engine') };
}

/** Folder for sockets, pids and locks, private to this user. */
export function runFolder(): string {
  const uid = process.getuid?.() ?? 0;
  if (uid === 0 && process.platform === 'linux') return ensurePrivate('/run/devservices-test');
  return ensurePrivate(join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), `devservices-test-${uid}`));
}

/** Folder `name` for what is dear to make again: images, node binaries, package lists. */
export function cacheFolder(name: string): string {
  const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
  const home = isRoot ? '/var/cache' : (process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'));
  return join(ensurePrivate(join(home, 'devservices-test')), name);
}

/** Makes the folder with mode 0700; throws if somebody else owns what is there. */
export function ensurePrivate(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  const uid = process.getuid?.() ?? found.uid;
  if (!found.isDirectory() || found.uid !== uid) {
    throw new Error(`${path} is not a folder of this user: remove it, then try again.`);
  }
  chmodSync(path, 0o700);
  return path;
}
