import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { strategies } from './engine-leads.ts';
import type { LeadOptions } from './engine-leads.ts';
import { listKnownPlaces } from './known-places.ts';
import type { Product } from './known-places.ts';
import { runProgram } from './run-program.ts';

/** A known way to start an engine. */
export interface KnownStart {
  what: string;
  program: string;
  args: readonly string[];
}

export interface StarterOptions extends LeadOptions {
  platform?: NodeJS.Platform;
  /** Where programs for all users of a Mac are; default `/Applications`. */
  applications?: string;
  signal: AbortSignal;
}

interface Way extends KnownStart {
  product: Product;
  /** Whether it is there: a service of systemd, an application. */
  isThere?(options: StarterOptions): boolean | Promise<boolean>;
}

/**
 * How the engine that is looked for could be started here: what was chosen and nothing else, or, where
 * nothing was, the first that is installed. Undefined for engines elsewhere and for sockets that
 * nobody knows.
 */
export async function findKnownStart(options: StarterOptions): Promise<KnownStart | undefined> {
  const products = await wantedProducts(options);
  const ways = waysOf(options).filter(({ product }) => products.includes(product));
  for (const { product: _, isThere, ...way } of ways) {
    if (isOnPath(way.program, options.env) && ((await isThere?.(options)) ?? true)) return way;
  }
  return undefined;
}

async function wantedProducts(options: StarterOptions): Promise<readonly Product[]> {
  const places = listKnownPlaces(options);
  for (const strategy of strategies) {
    const chosen = (await strategy(options)).find(({ isChosen }) => isChosen);
    if (!chosen) continue;
    const path = chosen.address?.replace(/^unix:\/\//, '');
    // Both are the same folder wherever there is systemd.
    const paths = [path, path?.replace(/^\/run\//, '/var/run/')];
    return places.filter((place) => paths.includes(place.path)).map(({ product }) => product);
  }
  return places.map(({ product }) => product);
}

function waysOf({ platform = process.platform, env, home }: StarterOptions): readonly Way[] {
  const profile = env['COLIMA_PROFILE'] ? [env['COLIMA_PROFILE']] : [];
  const colima: Way = {
    product: 'colima',
    what: 'Colima',
    program: 'colima',
    args: ['start', ...profile],
  };
  if (platform === 'darwin') {
    return [
      application('docker-desktop', 'Docker Desktop', 'Docker'),
      application('orbstack', 'OrbStack', 'OrbStack'),
      application('rancher-desktop', 'Rancher Desktop', 'Rancher Desktop'),
      colima,
      {
        product: 'podman-machine',
        what: 'Podman',
        program: 'podman',
        args: ['machine', 'start'],
      },
    ];
  }
  if (platform !== 'linux') return [];
  return [
    service('docker', 'Docker', 'docker'),
    userService('docker-rootless', 'rootless Docker', 'docker'),
    userService('docker-desktop', 'Docker Desktop', 'docker-desktop'),
    // Somebody who has it without the folder that it makes has never set it up.
    { ...colima, isThere: () => existsSync(env['COLIMA_HOME'] || join(home, '.colima')) },
    userService('podman', 'Podman', 'podman.socket'),
    service('podman-system', 'Podman', 'podman.socket'),
  ];
}

function application(product: Product, what: string, name: string): Way {
  return {
    product,
    what,
    program: 'open',
    args: ['-a', name],
    isThere: ({ applications = '/Applications', home }) =>
      [applications, join(home, 'Applications')].some((folder) =>
        existsSync(join(folder, `${name}.app`)),
      ),
  };
}

function service(product: Product, what: string, unit: string): Way {
  return systemd({ product, what, unit, scope: [] });
}

function userService(product: Product, what: string, unit: string): Way {
  return systemd({ product, what, unit, scope: ['--user'] });
}

function systemd(way: {
  product: Product;
  what: string;
  unit: string;
  scope: readonly string[];
}): Way {
  const { product, what, unit, scope } = way;
  return {
    product,
    what,
    program: 'systemctl',
    args: [...scope, 'start', unit],
    async isThere({ env, signal }) {
      const look = { program: 'systemctl', args: [...scope, 'cat', unit], env, signal };
      return (await runProgram(look)).exitCode === 0;
    },
  };
}

/** Whether a program is on the PATH. */
export function isOnPath(
  program: string,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
