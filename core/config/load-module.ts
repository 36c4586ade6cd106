import { pathToFileURL } from 'node:url';
import { explainFailure } from './explain-failure.ts';
import { hasTypeScriptLoader } from './has-typescript-loader.ts';
import { loadTransformed } from './load-transformed.ts';
import { digestOf } from './module-cache.ts';
import type { ModuleLoading } from './module-loading.ts';

export type { ModuleLoading } from './module-loading.ts';

/**
 * Imports a TypeScript or JavaScript module of the repo. Where a loader for TypeScript runs already (tsx)
 * that one is used; elsewhere the module and what it imports by path are transformed once and kept
 * until one of them changes. One that was changed since this process imported it is read anew. Nothing is
 * written beside the module.
 *
 * Throws DS_CONFIG_MALFORMED for syntax, DS_CONFIG_IMPORT_MISSING, and DS_CONFIG_THREW for whatever the
 * module itself throws.
 *
 * @example
 * const { default: config } = await loadModule('/repo/devservices.config.ts', { cacheFolder, library });
 */
export async function loadModule(
  file: string,
  loading: ModuleLoading,
): Promise<Readonly<Record<string, unknown>>> {
  if (!hasTypeScriptLoader() || wasChanged(file)) return loadTransformed(file, loading);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    // tsx reads a .ts file of a package without "type": "module" as CommonJS, which knows no top-level await.
    const isItsOwn = error instanceof Error && error.name === 'TransformError';
    if (isItsOwn) return loadTransformed(file, loading);
    throw await explainFailure({ file, error, library: loading.library });
  }
}

// A process imports a module once: asked again it gives what it had, whatever the file says by now.
const imported = new Map<string, string | undefined>();

function wasChanged(file: string): boolean {
  const now = digestOf(file);
  if (!imported.has(file)) imported.set(file, now);
  return imported.get(file) !== now;
}
