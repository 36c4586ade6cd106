import { join } from 'node:path';
import type { Surroundings } from './docker-config.ts';

/** Who makes engines, as far as it matters to find, name and start one. */
export type Product =
  | 'docker'
  | 'docker-rootless'
  | 'docker-desktop'
  | 'colima'
  | 'orbstack'
  | 'rancher-desktop'
  | 'lima'
  | 'podman'
  | 'podman-system'
  | 'podman-machine';

export interface KnownPlace {
  product: Product;
  path: string;
}

/** Where engines put their sockets, in the order in which they are tried. */
export function listKnownPlaces({
  env,
  home,
  systemFolder = '/var/run',
}: Surroundings & { systemFolder?: string | undefined }): readonly KnownPlace[] {
  const runtime = env['XDG_RUNTIME_DIR'];
  const temporary = env['TMPDIR'];
  const config = env['XDG_CONFIG_HOME'] || join(home, '.config');
  const colima = env['COLIMA_PROFILE'] || 'default';
  const lima = env['LIMA_HOME'] || join(home, '.lima');
  const limas = env['LIMA_INSTANCE'] ? [env['LIMA_INSTANCE']] : ['docker', 'default'];
  const at = (product: Product, ...paths: (string | undefined)[]): KnownPlace[] =>
    paths.flatMap((path) => (path === undefined ? [] : { product, path }));
  return [
    ...at('docker', join(systemFolder, 'docker.sock')),
    ...at('docker-rootless', runtime && join(runtime, 'docker.sock')),
    ...at(
      'docker-desktop',
      join(home, '.docker/run/docker.sock'),
      join(home, '.docker/desktop/docker.sock'),
    ),
    ...at(
      'colima',
      ...(env['COLIMA_HOME']
        ? [env['COLIMA_HOME']]
        : [join(home, '.colima'), join(config, 'colima')]
      ).map((folder) => join(folder, colima, 'docker.sock')),
    ),
    ...at('orbstack', join(home, '.orbstack/run/docker.sock')),
    ...at('rancher-desktop', join(home, '.rd/docker.sock')),
    ...at('lima', ...limas.map((name) => join(lima, name, 'sock/docker.sock'))),
    ...at('podman', runtime && join(runtime, 'podman/podman.sock')),
    ...at('podman-system', join(systemFolder, 'podman/podman.sock')),
    ...at(
      'podman-machine',
      join(home, '.local/share/containers/podman/machine/podman.sock'),
      temporary && join(temporary, 'podman/podman-machine-default-api.sock'),
    ),
  ].filter(({ path }) => path !== '');
}
