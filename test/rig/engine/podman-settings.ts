import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { EngineFolders } from './places.ts';

export interface PodmanPaths {
  socket: string;
  log: string;
  lock: string;
  config: string;
  registries: string;
  home: string;
  /** What is gone after a reboot, as podman sees it: here, with its processes. */
  state: string;
  images: string;
}

/** Every path of one podman. */
export function podmanPaths({ run, cache }: EngineFolders): PodmanPaths {
  return {
    socket: join(run, 'podman.sock'),
    log: join(run, 'podman.log'),
    lock: join(run, 'engine.lock'),
    config: join(run, 'containers.conf'),
    registries: join(run, 'registries.conf'),
    home: join(run, 'home'),
    state: join(run, 'state'),
    images: cache,
  };
}

/** Folders of `/run` for which `state` has one of its own. */
export const privateRunFolders = ['netns', 'containers', 'crun'];

/** Its own of everything: no file of a podman that this machine may have is read or written. */
export async function writePodmanSettings(paths: PodmanPaths, packages: string): Promise<void> {
  await rm(paths.state, { recursive: true, force: true });
  await rm(paths.socket, { force: true });
  const policies = join(paths.home, '.config/containers');
  const bound = privateRunFolders.map((name) => join(paths.state, name));
  for (const folder of [...bound, policies, paths.images]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await copyFile(join(packages, 'etc/containers/policy.json'), join(policies, 'policy.json'));
  await writeFile(paths.registries, registries);
  await writeFile(paths.config, await createConfig(paths));
}

// As Docker has it: short names are those of its own registry, and loopback needs no TLS.
const registries = `unqualified-search-registries = ["docker.io"]
[[registry]]
location = "127.0.0.1"
insecure = true
[[registry]]
location = "localhost"
insecure = true
`;

async function createConfig({ state, images }: PodmanPaths): Promise<string> {
  // Its own defaults are more than a builder gets where root may not raise limits.
  const limits = await readFile('/proc/self/limits', 'utf8');
  const hard = (name: string) => new RegExp(`^Max ${name} +\\S+ +(\\d+)`, 'm').exec(limits)?.[1];
  const [files, processes] = [hard('open files') ?? 1024, hard('processes') ?? 1024];
  return `[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "crun"
tmp_dir = "${join(state, 'libpod')}"
[network]
network_backend = "netavark"
network_config_dir = "${join(images, 'networks')}"
`;
}
