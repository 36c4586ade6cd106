import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import type { DevServicesError } from '../errors/error.ts';
import { addedPermissions, type Permissions } from '../permissions/permissions.ts';
import type { Plugin } from './plugin.ts';

interface LockFile {
  version: 1;
  plugins: Record<string, { package: string; permissions: Permissions }>;
}

const fileName = 'devservices.lock';

/**
 * Holds plugins from packages to what devservices.lock recorded of them: one that is new is written
 * down, one that asks for more is refused until it is allowed. Writes only when something is new.
 */
export function checkPluginLock(
  root: string,
  plugins: readonly Plugin[],
  allowed: readonly string[] = [],
): { errors: readonly DevServicesError[]; recorded: readonly string[] } {
  const path = join(root, fileName);
  const lock = readLock(path);
  const errors: DevServicesError[] = [];
  const recorded: string[] = [];
  for (const { pluginName, spec, source } of plugins) {
    const from = packageOf(source);
    if (from === undefined) continue;
    const permissions = spec.permissions ?? {};
    const known = Object.hasOwn(lock.plugins, pluginName) ? lock.plugins[pluginName] : undefined;
    const isSame = known?.package === from;
    const added = addedPermissions(isSame ? known.permissions : {}, permissions);
    if (isSame && added.length === 0) continue;
    if (known && !allowed.includes(pluginName) && (added.length > 0 || !isSame)) {
      const extra = isSame ? added : [`to be taken from the package ${from}, not ${known.package}`];
      errors.push(pluginErrors.create('DS_PLUGIN_ASKS_MORE', { plugin: pluginName, added: extra }));
      continue;
    }
    lock.plugins[pluginName] = { package: from, permissions };
    recorded.push(pluginName);
  }
  if (recorded.length > 0) {
    const sorted = Object.entries(lock.plugins).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const content: LockFile = { version: 1, plugins: Object.fromEntries(sorted) };
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  }
  return { errors, recorded };
}

/** The package that a file is part of, or undefined for a file of the repo. */
export function packageOf(source: string | undefined): string | undefined {
  const name = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(source ?? '')?.[1];
  // Our own plugins come and go with the version of the tool.
  return name === 'devservices' ? undefined : name;
}

function readLock(path: string): LockFile {
  const empty: LockFile = { version: 1, plugins: {} };
  if (!existsSync(path)) return empty;
  try {
    const parsed = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockFile>;
    if (parsed.version === 1 && typeof parsed.plugins === 'object') return { ...empty, ...parsed };
  } catch {
    // Said below: a lock that cannot be read must not pass for an empty one.
  }
  throw pluginErrors.create('DS_PLUGIN_LOCK_INVALID', { path });
}
