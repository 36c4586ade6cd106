import { isAbsolute, join } from 'node:path';
import { loadModule, type ModuleLoading } from '../config/load-module.ts';
import { isLibrary, resolveLibrary, resolveModule } from '../config/resolve-module.ts';

/** Imports what a string in `plugins` names: a path beside the file that says it, or a package. */
export async function importPlugin(
  specifier: string,
  from: { source: string; root: string; loading: ModuleLoading },
): Promise<unknown> {
  // One of our own comes from the package that runs, whichever the repo has.
  if (isLibrary(specifier)) {
    const url = resolveLibrary(specifier, from.loading.library);
    if (url === undefined) throw new Error('devservices has no such plugin');
    return import(url);
  }
  const importer = isAbsolute(from.source) ? from.source : join(from.root, 'devservices.config.ts');
  const file = resolveModule(specifier, importer);
  if (file === undefined) throw new Error('there is no such file or package');
  return loadModule(file, from.loading);
}
