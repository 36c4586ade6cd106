import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Folder of the repo. */
export const root = resolve(import.meta.dirname, '..');

/** What the build reads of the repo's own package.json. */
export interface RootPackage {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  /** Subpath to TypeScript source; `*` stands for one folder or file name. */
  readonly exports: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>;
}

/** The repo's package.json, from which that of the published package is made. */
export function readRootPackage(): RootPackage {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as RootPackage;
}
