import { join } from 'node:path';
import type { Rolldown } from 'tsdown';
import { readRootPackage, root } from './read-root-package.ts';

/**
 * Lets `devservices` and what it exports by a fixed name mean our sources, so that plugins and tasks
 * share the one core of the bundle. Names made at run time (`devservices/plugins/${name}`) stay.
 */
export function resolveOwnName(): Rolldown.Plugin {
  const { name, exports } = readRootPackage();
  return {
    name: 'own-name',
    resolveId: {
      filter: { id: new RegExp(`^${name}(/|$)`) },
      handler(specifier) {
        const source = exports[specifier.replace(name, '.')];
        return source?.endsWith('.ts') ? join(root, source) : null;
      },
    },
  };
}
