import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The file that a path or package name means for an importing file, or undefined where there is none.
 * A path is taken as it is; a package by its `exports` for imports.
 *
 * @example resolveModule('./base.yaml', '/repo/devservices.config.ts') // '/repo/base.yaml'
 */
export function resolveModule(specifier: string, importer: string): string | undefined {
  if (specifier.startsWith('file://')) return existing(fileURLToPath(specifier));
  if (/^\.{0,2}[\\/]/.test(specifier) || isAbsolute(specifier)) {
    return existing(resolve(dirname(importer), specifier));
  }
  return resolvePackage(specifier, importer);
}

/**
 * The URL of a specifier of this very library: `devservices` is the entry given, `devservices/…` what
 * its package exports, so that nobody loads a second copy. Undefined where it exports no such thing.
 */
export function resolveLibrary(specifier: string, library: string): string | undefined {
  if (specifier === 'devservices') return library;
  const file = resolvePackage(specifier, fileURLToPath(library));
  return file === undefined ? undefined : pathToFileURL(file).href;
}

/** Whether a specifier is of this library. */
export function isLibrary(specifier: string): boolean {
  return specifier === 'devservices' || specifier.startsWith('devservices/');
}

function resolvePackage(specifier: string, importer: string): string | undefined {
  const require = createRequire(importer);
  try {
    return require.resolve(specifier);
  } catch (error) {
    // Node resolves for `require` here; a package may export for `import` alone.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') return undefined;
  }
  const [, name = '', subpath = ''] = /^((?:@[^/]+\/)?[^/]+)(.*)$/.exec(specifier) ?? [];
  for (const folder of require.resolve.paths(specifier) ?? []) {
    const target = exportedFile(join(folder, name), `.${subpath}`);
    if (target !== undefined) return target;
  }
  return undefined;
}

function exportedFile(folder: string, subpath: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { exports } = JSON.parse(readFileSync(file, 'utf8')) as { exports?: unknown };
  const isBySubpath = isRecord(exports) && Object.keys(exports).every((key) => key.startsWith('.'));
  const entry = isBySubpath ? exports[subpath] : subpath === '.' ? exports : undefined;
  const target = importTarget(entry);
  return target === undefined ? undefined : existing(join(folder, target));
}

function importTarget(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry;
  if (Array.isArray(entry)) return entry.map(importTarget).find((target) => target !== undefined);
  if (!isRecord(entry)) return undefined;
  const conditions = ['node', 'import', 'default'];
  return Object.keys(entry)
    .filter((condition) => conditions.includes(condition))
    .map((condition) => importTarget(entry[condition]))
    .find((target) => target !== undefined);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function existing(file: string): string | undefined {
  return statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
}
