import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, posix, win32 } from 'node:path';

/** Variables of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/** Where a machine's variables and system put things; the defaults are this process's own. */
interface Place {
  platform?: NodeJS.Platform;
  home?: string;
}

/**
 * The folder of everything that devservices remembers on this machine: the registry of checkouts and
 * one folder for each. Pure.
 *
 * @example resolveStateHome({ HOME: '/home/ada' }) // '/home/ada/.local/state/devservices'
 */
export function resolveStateHome(env: Env, place: Place = {}): string {
  return resolveFolder(env, place, {
    variable: 'XDG_STATE_HOME',
    linux: ['.local', 'state', 'devservices'],
    darwin: ['Library', 'Application Support', 'devservices'],
    win32: ['devservices'],
  });
}

/** The folder of what can be made again at any time. Pure. */
export function resolveCacheHome(env: Env, place: Place = {}): string {
  return resolveFolder(env, place, {
    variable: 'XDG_CACHE_HOME',
    linux: ['.cache', 'devservices'],
    darwin: ['Library', 'Caches', 'devservices'],
    win32: ['devservices', 'cache'],
  });
}

/**
 * The folder of sockets: `$XDG_RUNTIME_DIR/devservices`, else one of this user's own in the temporary
 * folder. Others may write beside the latter: make it with `ensurePrivateFolder`, which looks whose it is.
 */
export function resolveRuntimeFolder(env: Env): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime && isAbsolute(runtime)) return join(runtime, 'devservices');
  return join(tmpdir(), `devservices-${process.getuid?.() ?? 'user'}`);
}

interface Names {
  variable: string;
  linux: readonly string[];
  darwin: readonly string[];
  win32: readonly string[];
}

function resolveFolder(env: Env, place: Place, names: Names): string {
  const platform = place.platform ?? process.platform;
  const paths = platform === 'win32' ? win32 : posix;
  const chosen = env[names.variable];
  // The XDG specification says to ignore relative ones.
  if (chosen && paths.isAbsolute(chosen)) return paths.join(chosen, 'devservices');
  const home = place.home ?? (env['HOME'] || homedir());
  if (platform === 'win32') {
    return paths.join(env['LOCALAPPDATA'] || paths.join(home, 'AppData', 'Local'), ...names.win32);
  }
  return paths.join(home, ...(platform === 'darwin' ? names.darwin : names.linux));
}
