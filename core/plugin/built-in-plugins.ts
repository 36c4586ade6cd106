import { isPlugin } from './define-plugin.ts';
import type { Plugin } from './plugin.ts';

/** The plugins that are there without being listed; `plugins: { NAME: null }` takes one out. */
const names = ['docker', 'process'] as const;

/**
 * Imports the built-in plugins by the package's own name, as any stranger's is: core knows no more of
 * them than where they are.
 */
export async function loadBuiltInPlugins(): Promise<readonly Plugin[]> {
  const modules = await Promise.all(
    names.map((name) => import(`devservices/plugins/${name}`) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) => Object.values(module).filter(isPlugin));
}
