import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRootPackage, root } from './read-root-package.ts';

/**
 * The bin, and everything that package.json exports, by name in the published package: each imported on
 * demand, none into another.
 */
export function listEntries(): Record<string, string> {
  const exported = Object.entries(readRootPackage().exports).flatMap(([subpath, source]) =>
    source.endsWith('.ts') ? expand(subpath, source) : [],
  );
  return Object.fromEntries([['bin', join(root, 'core/cli/bin.ts')], ...exported]);
}

/** Name of an export's file: `.` is `index`, `./plugins/*` is `plugins/*`. */
export function entryName(subpath: string): string {
  return subpath === '.' ? 'index' : subpath.slice('./'.length);
}

function expand(subpath: string, source: string): [name: string, file: string][] {
  const fileOf = (name: string): string => join(root, source.replaceAll('*', name));
  if (!subpath.includes('*')) return [[entryName(subpath), fileOf('')]];
  // Of `plugins/*/index.ts` folders are named, of `tasks/*.ts` files.
  const folder = dirname(`${source.slice(0, source.indexOf('*'))}x`);
  return readdirSync(join(root, folder))
    .map((name) => name.replace(/\.ts$/, ''))
    .filter((name) => !name.startsWith('_') && existsSync(fileOf(name)))
    .map((name) => [entryName(subpath.replace('*', name)), fileOf(name)]);
}
