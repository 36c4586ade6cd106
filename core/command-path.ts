import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

/**
 * A `PATH` with the programs of the repo's own packages first, the nearest before those above it up to
 * `root`, as npx and package scripts have it. Pure.
 *
 * @example prependLocalBins('/usr/bin', { cwd: '/shop/web', root: '/shop' })
 */
export function prependLocalBins(
  path: string | undefined,
  { cwd, root }: { cwd: string; root: string },
): string {
  // An empty entry would be the folder in which it runs.
  return [...localBins(cwd, root), path].filter(Boolean).join(delimiter);
}

/** The repo that a folder is in: the nearest one above that has `.git`. */
export function topLevelOf(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : topLevelOf(parent);
}

function localBins(cwd: string, root: string): string[] {
  const isInside = cwd === root || cwd.startsWith(join(root, '/'));
  const above = cwd === root || !isInside ? [] : localBins(dirname(cwd), root);
  return isInside ? [join(cwd, 'node_modules/.bin'), ...above] : [join(root, 'node_modules/.bin')];
}
