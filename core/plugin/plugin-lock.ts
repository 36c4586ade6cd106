import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { stateErrors } from '../errors/catalogue/state.ts';
import type { DevServicesError } from '../errors/error.ts';
import { fileReason } from '../identity/file-reason.ts';
import { addedPermissions, type Permissions } from '../permissions/permissions.ts';
import type { Plugin } from './plugin.ts';

interface LockFile {
  version: 1;
  plugins: Record<string, { package: string; permissions: Permissions }>;
}

const fileName = 'devservices.lock';

const names = z.array(z.string()).optional();
const lockSchema = z.object({
  version: z.literal(1),
  plugins: z.record(
    z.string(),
    z.object({
      package: z.string(),
      permissions: z.object({
        run: names,
        net: names,
        read: names,
        write: names,
        env: names,
        engine: z.boolean().optional(),
        project: z.boolean().optional(),
      }),
    }),
  ),
});

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
    writeLock(path, content);
  }
  return { errors, recorded };
}

function writeLock(path: string, content: LockFile): void {
  try {
    writeFileSync(path, `${JSON.stringify(content, null, 2)}\n`);
  } catch (error) {
    const facts = { path, reason: fileReason(error) };
    throw stateErrors.create('DS_STATE_UNWRITABLE', facts, error);
  }
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
    const parsed = lockSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success) return parsed.data as LockFile;
  } catch {
    // Said below: a lock that cannot be read must not pass for an empty one.
  }
  throw pluginErrors.create('DS_PLUGIN_LOCK_INVALID', { path });
}
