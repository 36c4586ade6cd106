import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findKnownStart } from '../../../../plugins/docker/engine/find-starter.ts';
import type { StarterOptions } from '../../../../plugins/docker/engine/find-starter.ts';
import { createFolder } from '../fake-engine.ts';

async function createMachine(programs: Readonly<Record<string, string>>, folders: string[] = []) {
  const home = await createFolder();
  for (const [name, body] of Object.entries(programs)) {
    const path = join(home, 'bin', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o700);
  }
  for (const folder of folders) await mkdir(join(home, folder), { recursive: true });
  return async (platform: NodeJS.Platform, options: Partial<StarterOptions> = {}) => {
    const found = await findKnownStart({
      platform,
      home,
      systemFolder: '/var/run',
      applications: join(home, 'apps'),
      signal: new AbortController().signal,
      ...options,
      env: { PATH: join(home, 'bin'), XDG_RUNTIME_DIR: join(home, 'run'), ...options.env },
      ...(options.engine ? { engine: options.engine.replace('~', home) } : {}),
    });
    return found && [found.program, ...found.args].join(' ');
  };
}

/** A systemctl that knows these units, for users (`u:docker`) or the system (`s:docker`). */
const systemctl = (...units: string[]) => `
  scope=s; [ "$1" = --user ] && { scope=u; shift; }
  [ "$1" = cat ] || exit 9
  case " ${units.join(' ')} " in *" $scope:$2 "*) exit 0 ;; esac
  exit 1`;

test('on Linux it is a service that systemd knows, the system’s first', async () => {
  const both = await createMachine({ systemctl: systemctl('s:docker', 'u:docker') });
  expect(await both('linux')).toBe('systemctl start docker');
  const rootless = await createMachine({ systemctl: systemctl('u:docker') });
  expect(await rootless('linux')).toBe('systemctl --user start docker');
  const desktop = await createMachine({ systemctl: systemctl('u:docker-desktop') });
  expect(await desktop('linux')).toBe('systemctl --user start docker-desktop');
  const podman = await createMachine({ systemctl: systemctl('u:podman.socket') });
  expect(await podman('linux')).toBe('systemctl --user start podman.socket');
});

test('Colima is offered where it was set up, with the profile that is in use', async () => {
  const colima = await createMachine({ colima: '' }, ['.colima']);
  expect(await colima('linux')).toBe('colima start');
  expect(await colima('darwin')).toBe('colima start');
  expect(await colima('darwin', { env: { COLIMA_PROFILE: 'work' } })).toBe('colima start work');
  const unused = await createMachine({ colima: '' });
  expect(await unused('linux')).toBeUndefined();
});

test('on a Mac it is an application that is installed, or Podman’s machine', async () => {
  const desktop = await createMachine({ open: '', colima: '' }, ['apps/Docker.app']);
  expect(await desktop('darwin')).toBe('open -a Docker');
  const orbstack = await createMachine({ open: '' }, ['Applications/OrbStack.app']);
  expect(await orbstack('darwin')).toBe('open -a OrbStack');
  const podman = await createMachine({ open: '', podman: '' });
  expect(await podman('darwin')).toBe('podman machine start');
});

test('what was chosen is started, and nothing instead of it', async () => {
  const machine = await createMachine(
    { systemctl: systemctl('s:docker', 'u:podman.socket'), colima: '' },
    ['.colima'],
  );
  expect(await machine('linux', { engine: 'unix://~/.colima/default/docker.sock' })).toBe(
    'colima start',
  );
  expect(await machine('linux', { env: { DOCKER_HOST: 'unix:///run/docker.sock' } })).toBe(
    'systemctl start docker',
  );
  expect(await machine('linux', { engine: 'unix://~/run/podman/podman.sock' })).toBe(
    'systemctl --user start podman.socket',
  );
  // Rootless Docker is not set up here: the system's is another engine.
  expect(await machine('linux', { engine: 'unix://~/run/docker.sock' })).toBeUndefined();
});

test.each(['tcp://127.0.0.1:2375', 'ssh://box', 'unix:///my/own.sock'])(
  'nobody knows how to start %s',
  async (engine) => {
    const machine = await createMachine({ systemctl: 'exit 0', colima: '' }, ['.colima']);
    expect(await machine('linux', { engine })).toBeUndefined();
    expect(await machine('linux', { env: { DOCKER_HOST: engine } })).toBeUndefined();
  },
);

test('without the tools there is no way, on Windows there is none at all', async () => {
  const bare = await createMachine({});
  expect(await bare('linux')).toBeUndefined();
  expect(await bare('darwin')).toBeUndefined();
  expect(await (await createMachine({ systemctl: 'exit 0' }))('win32')).toBeUndefined();
});
