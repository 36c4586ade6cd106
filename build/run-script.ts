import { constants, closeSync, fstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { resolveCacheHome } from '../core/identity/state-home.ts';

/** A chunk as a script: what its file has in it, and what its imports stand for. */
export interface ChunkScript {
  url: URL;
  /** Names the file's contents. */
  digest: string;
  /** What `require` gives for each import. */
  imports: Readonly<Record<string, object>>;
  /** Imports on demand, from where the chunk is: what was kept of a script knows no loader. */
  importLater(specifier: string): Promise<unknown>;
}

const keptMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Runs a chunk and gives its exports. What the engine has compiled of it is kept in the cache folder, for
 * this version of Node, so that later processes need not compile it again. Anything wrong with what was
 * kept, or with the folder, only costs that time.
 */
export function runScript({
  url,
  digest,
  imports,
  importLater,
}: ChunkScript): Record<string, unknown> {
  const filename = fileURLToPath(url);
  const kept = placeOf(digest);
  const cachedData = kept === undefined ? undefined : readKept(kept);
  const script = new vm.Script(readFileSync(filename, 'utf8'), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected)) {
    // At the end, with what was compiled on the way.
    process.once('exit', () => keep(kept, script));
  }
  const module: { exports: Record<string, unknown> } = { exports: {} };
  const run = script.runInThisContext() as (...parts: readonly unknown[]) => void;
  const require = (name: string) => imports[name];
  run(module, module.exports, require, importLater, url.href, filename, dirname(filename));
  return module.exports;
}

function placeOf(digest: string): string | undefined {
  const { env, version, arch } = process;
  // Node's own switch for its own cache of this kind, and its own reason to do without.
  if (env['NODE_DISABLE_COMPILE_CACHE'] || env['NODE_V8_COVERAGE']) return undefined;
  return join(resolveCacheHome(env), 'compiled', `${digest}-${version}-${arch}`);
}

// It is run: only a file that nobody else can have written.
function readKept(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    const { uid, mode } = fstatSync(file);
    const isOurs = uid === (process.getuid?.() ?? uid) && (mode & 0o022) === 0;
    return isOurs ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function keep(path: string, script: vm.Script): void {
  const folder = dirname(path);
  const fresh = `${path}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(fresh, script.createCachedData(), { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
    forgetOld(folder);
  } catch {
    remove(fresh);
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where there is no such folder, nothing was left in it.
  }
}

// Of versions that were replaced; one that is still used is made again.
function forgetOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > keptMs) remove(path);
  }
}
