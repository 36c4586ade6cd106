import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';

/** What globs mean for a walk over folders. */
export interface CompiledGlobs {
  /** Folders that are there, in which to begin. */
  readonly roots: readonly string[];
  /** Of a path relative to the folder that the globs are relative to. */
  matches(path: string): boolean;
  /** Whether a folder (absolute) may hold what matches, at any depth. */
  mayHold(folder: string): boolean;
}

const ignored = new Set(['node_modules', '.git']);

/** Reads globs relative to a folder; one that begins with `!` takes out what the others match. */
export async function compileGlobs(options: {
  cwd: string;
  globs: readonly string[];
}): Promise<CompiledGlobs> {
  const { cwd } = options;
  // Only who watches files pays for it.
  const { default: picomatch } = await import('picomatch');
  const wanted = options.globs.filter((glob) => !glob.startsWith('!')).map(plain);
  const unwanted = options.globs
    .filter((glob) => glob.startsWith('!'))
    .map((glob) => plain(glob.slice(1)));
  const isWanted = picomatch(wanted, { dot: true });
  const isUnwanted = picomatch(unwanted, { dot: true });
  const reaches = wanted.map((glob) => {
    const { base, glob: pattern } = picomatch.scan(glob);
    const folder = resolve(cwd, pattern === '' ? dirname(base) : base);
    const depth = pattern.includes('**') ? Infinity : pattern.split('/').length - 1;
    return { folder, depth };
  });
  return {
    roots: [...new Set(reaches.map(({ folder }) => nearest(folder)))],
    matches: (path) => !hasIgnored(path) && isWanted(path) && !isUnwanted(path),
    mayHold: (folder) =>
      !ignored.has(basename(folder)) &&
      reaches.some((reach) => isWithin(reach, folder) || isAbove(folder, reach.folder)),
  };
}

const plain = (glob: string): string => glob.replace(/^(?:\.\/)+/, '');

const hasIgnored = (path: string): boolean => path.split(sep).some((part) => ignored.has(part));

// A folder that is not there yet is seen to come in the one that would hold it.
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}

function isWithin({ folder, depth }: { folder: string; depth: number }, path: string): boolean {
  const way = relative(folder, path);
  if (way.startsWith('..')) return false;
  return way === '' || way.split(sep).length <= depth;
}

const isAbove = (folder: string, path: string): boolean => path.startsWith(join(folder, sep));
