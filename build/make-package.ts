import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPackages, toolPackages } from './dependencies.ts';
import { entryName } from './list-entries.ts';
import { readRootPackage, root } from './read-root-package.ts';

interface Uses {
  /** Packages that declarations name. */
  readonly mentioned: readonly string[];
  /** Packages that the code imports. */
  readonly imported: readonly string[];
}

/** The published package.json. Throws for an import of what would not be installed. */
export function makePackage(uses: Uses): object {
  const { name, version, description, license, exports, engines, ...rest } = readRootPackage();
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    bin: { [name]: './bin.mjs' },
    exports: Object.fromEntries(
      Object.entries(exports).map(([subpath, source]) => [subpath, target(subpath, source)]),
    ),
    types: './types/core/index.d.ts',
    engines,
    dependencies: listDependencies(uses),
    // What a repo installs where it wants it: found from the repo, and imported by nothing of ours.
    peerDependencies: rest.peerDependencies,
    peerDependenciesMeta: rest.peerDependenciesMeta,
  };
}

function target(subpath: string, source: string): string | { types: string; default: string } {
  if (!source.endsWith('.ts')) return source;
  return {
    types: source.replace('./', './types/').replace(/\.ts$/, '.d.ts'),
    default: `./${entryName(subpath)}.mjs`,
  };
}

function listDependencies({ mentioned, imported }: Uses): Record<string, string> {
  const { dependencies, devDependencies } = readRootPackage();
  const all = { ...dependencies, ...devDependencies };
  const absent: readonly string[] = [...bundledPackages, ...toolPackages];
  const external = Object.keys(dependencies).filter((name) => !absent.includes(name));
  const unknown = imported.filter((name) => !external.includes(name));
  if (unknown.length > 0) throw new Error(`The bundle imports ${unknown.join(', ')} from outside.`);
  const declared = mentioned.flatMap((name) => {
    if (absent.includes(name) && all[`@types/${name}`]) return [`@types/${name}`];
    return dependencies[name] === undefined ? [] : [name];
  });
  const names = [...new Set([...external, ...declared])].toSorted();
  return Object.fromEntries(names.map((name) => [name, rangeOf(name, all[name])]));
}

// Declarations of what is in the bundle have to be those of that very version.
function rangeOf(name: string, range = ''): string {
  if (!bundledPackages.some((bundled) => bundled === name)) return range;
  const file = join(root, 'node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
