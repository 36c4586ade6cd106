import { pathToFileURL } from 'node:url';
import { explainFailure } from './explain-failure.ts';
import type { ModuleLoading } from './module-loading.ts';
import { findTransformed, keepTransformed } from './module-cache.ts';

/** Imports a module by its kept transform, making that first where there is none that still holds. */
export async function loadTransformed(
  file: string,
  loading: ModuleLoading,
): Promise<Readonly<Record<string, unknown>>> {
  const kept = findTransformed(file, loading);
  if (kept !== undefined) {
    try {
      return await importFile(kept);
    } catch (error) {
      // A package that it imports may have moved, or another process replaced the transform: once more.
      const isStale = (error as NodeJS.ErrnoException | null)?.code === 'ERR_MODULE_NOT_FOUND';
      if (!isStale) throw await explainFailure({ file, error, transformed: kept });
    }
  }
  const { transformModule } = await import('./transform-module.ts');
  const made = keepTransformed(file, loading, await transformModule(file, loading.library));
  try {
    return await importFile(made.file);
  } catch (error) {
    throw await explainFailure({ file, error, transformed: made.file });
  } finally {
    made.drop();
  }
}

async function importFile(file: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
}
