import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { createShell } from '../command.ts';
import { pluginErrors } from '../errors/catalogue/plugin.ts';
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
}

/** Makes the accessors of a declaration; what was not declared is not there. */
export function grantAccessors(
  permissions: Permissions,
  context: GrantContext,
): Record<string, unknown> {
  const { run, net, read, write, env, engine } = permissions;
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
  };
}

function grantFetch(allowed: readonly string[], { who, signal }: GrantContext): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const isAllowed = allowed.some((pattern) =>
      pattern.startsWith('*.')
        ? url.hostname.endsWith(pattern.slice(1))
        : pattern === url.host || pattern === url.hostname,
    );
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
  for (const entry of allowed) {
    const folder = await realPathOf(resolve(root, entry));
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
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(await realPathOf(parent), path.slice(parent.length));
  }
}

function denied(who: string, asked: string, name: keyof Permissions, allowed: readonly string[]) {
  const declared = `\`${name}: [${allowed.join(', ')}]\``;
  return pluginErrors.create('DS_PERMISSION_DENIED', { who, asked, declared });
}
