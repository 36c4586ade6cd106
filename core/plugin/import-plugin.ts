import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadModule, type ModuleLoading } from '../config/load-module.ts';

/** Imports what a string in `plugins` names: a path beside the file that says it, or a package. */
export async function importPlugin(
  specifier: string,
  from: {
    source: string;
    root: string;
    loading: ModuleLoading;
  },
): Promise<unknown> {
  const folder = isAbsolute(from.source) ? dirname(from.source) : from.root;
  const isPath = specifier.startsWith('.') || isAbsolute(specifier);
  if (isPath) return loadModule(resolve(folder, specifier), from.loading);
  const require = createRequire(pathToFileURL(`${folder}/devservices.config.ts`));
  return loadModule(require.resolve(specifier), from.loading);
}
