import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** An npm package that is installed. */
export interface FoundPackage {
  /** Its real folder. */
  folder: string;
  version: string;
  /** Its first command, as a path in it. */
  bin: string | undefined;
}

/**
 * The package as modules in `folder` would get it, or undefined. Looks at files alone: a package's
 * `exports` may hide its package.json.
 */
export function findPackage(name: string, folder: string): FoundPackage | undefined {
  const places = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? [];
  for (const place of places) {
    const manifest = readManifest(join(place, name, 'package.json'));
    if (!manifest) continue;
    const { version, bin } = manifest;
    const first = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0];
    return { folder: realpathSync(join(place, name)), version: version ?? '', bin: first };
  }
  return undefined;
}

interface Manifest {
  version?: string;
  bin?: string | Readonly<Record<string, string>>;
}

function readManifest(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  } catch {
    return undefined;
  }
}
