import { isAbsolute, join } from 'node:path';
import { loadModule, type ModuleLoading } from '../config/load-module.ts';
import { resolveModule } from '../config/resolve-module.ts';

/** Imports what a string in `plugins` names: a path beside the file that says it, or a package. */
export async function importPlugin(
  specifier: string,
  from: { source: string; root: string; loading: ModuleLoading },
): Promise<unknown> {
  const importer = isAbsolute(from.source) ? from.source : join(from.root, 'devservices.config.ts');
  const file = resolveModule(specifier, importer);
  if (file === undefined) throw new Error('there is no such file or package');
  return loadModule(file, from.loading);
}
