import { mkdir, readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createShell } from '../command.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
import { isErrno } from '../identity/file-reason.ts';
import type { Permissions } from './permissions.ts';

export interface GrantContext {
  /** `The plugin mailpit`, for messages. */
  who: string;
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** What the services export, for commands that are run. */
  exports(): Promise<Readonly<Record<string, string>>>;
  engine(): Promise<unknown>;
  /** A ProjectAccess (core/host-access.ts). */
  project: unknown;
}

/** Makes the accessors of a declaration; what was not declared is not there. */
export function grantAccessors(
  permissions: Permissions,
  context: GrantContext,
): Record<string, unknown> {
  const { run, net, read, write, env, engine, project } = permissions;
  const { who, root, signal } = context;
  return {
    ...(run && { $: createShell({ who, allowed: run, cwd: root, env: context.exports, signal }) }),
    ...(net && { fetch: grantFetch(net, context) }),
    ...(env && { env: pickVariables(env, context.env) }),
    ...(read && {
      readText: async (path: string) =>
        readFile(await assertWithin(path, read, { ...context, what: 'read' }), 'utf8'),
    }),
    ...(write && {
      async writeText(path: string, text: string) {
        const target = await assertWithin(path, write, { ...context, what: 'write' });
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, text);
      },
    }),
    ...(engine && { engine: context.engine }),
    ...(project && { project: context.project }),
  };
}

function grantFetch(allowed: readonly string[], { who, signal }: GrantContext): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const isAllowed = allowed
      .map((pattern) => pattern.toLowerCase())
      .some((pattern) => {
        if (pattern.startsWith('*.')) return url.hostname.endsWith(pattern.slice(1));
        return pattern === '*' || pattern === url.host || pattern === url.hostname;
      });
    if (!isAllowed) throw denied(who, `fetch of ${url.host}`, 'net', allowed);
    // A redirect could lead to a host that was not declared: the caller sees it instead.
    const signals = init?.signal ? AbortSignal.any([signal, init.signal]) : signal;
    return fetch(input, { ...init, redirect: 'manual', signal: signals });
  };
}

function pickVariables(
  patterns: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const isAsked = (name: string) =>
    patterns.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
  return Object.freeze(Object.fromEntries(Object.entries(env).filter(([name]) => isAsked(name))));
}

async function assertWithin(
  path: string,
  allowed: readonly string[],
  { who, root, what }: GrantContext & { what: 'read' | 'write' },
): Promise<string> {
  const target = await realPathOf(resolve(root, path));
  for (const entry of target === undefined ? [] : allowed) {
    const folder = await realPathOf(resolve(root, entry));
    if (target === undefined || folder === undefined) continue;
    const inside = relative(folder, target);
    if (
      inside === '' ||
      (inside !== '..' && !inside.startsWith(`..${sep}`) && resolve(inside) !== inside)
    ) {
      return target;
    }
  }
  throw denied(who, `${what} of ${path}`, what, allowed);
}

// A link inside an allowed folder must not lead out of it; what does not exist yet has a parent that does.
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (error) {
    // A ring of links, or a folder that may not be looked into: nobody knows where it leads.
    if (!isErrno(error, 'ENOENT')) return undefined;
  }
  const parent = dirname(path);
  if (parent === path) return path;
  const folder = await realPathOf(parent);
  if (folder === undefined) return undefined;
  const place = join(folder, path.slice(parent.length));
  // A link to what does not exist yet leads out as well as any other.
  const linked = await readlink(place).catch(() => undefined);
  return linked === undefined ? place : realPathOf(resolve(folder, linked));
}

function denied(who: string, asked: string, name: keyof Permissions, allowed: readonly string[]) {
  const declared = `\`${name}: [${allowed.join(', ')}]\``;
  return pluginErrors.create('DS_PERMISSION_DENIED', { who, asked, declared });
}
