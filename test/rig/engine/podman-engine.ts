import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { EngineBeside } from './engines-beside.ts';
import { withFolderLock } from './folder-lock.ts';
import { systemPath } from './find-iptables.ts';
import { ensurePrivate } from './places.ts';
import type { EngineFolders } from './places.ts';
import { podmanPaths, privateRunFolders, writePodmanSettings } from './podman-settings.ts';
import type { PodmanPaths } from './podman-settings.ts';
import { probeEngine } from './probe-engine.ts';
import { identifyProcess, isAlive, listProcesses, waitUntilGone } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { say } from './say.ts';
import { unpackTrixie } from './trixie-packages.ts';

const startTimeoutMs = 30_000;

/**
 * The podman of Debian 13, serving Docker's API. It and all that it starts live in namespaces that
 * end with one process, mounts and network included, so that a killed one leaves nothing behind.
 */
export function createPodmanEngine(folders: EngineFolders): EngineBeside {
  const paths = podmanPaths(folders);
  const locked = <Result>(work: () => Promise<Result>): Promise<Result> => {
    ensurePrivate(folders.run);
    return withFolderLock(paths.lock, work);
  };
  return {
    socket: paths.socket,
    log: paths.log,
    start: () =>
      locked(async () => {
        const service = await findService(paths);
        if (service && (await answers(paths, service))) return;
        if (service) await endService(paths, service);
        await startService(paths);
      }),
    stop: () =>
      locked(async () => {
        const service = await findService(paths);
        if (service) await endService(paths, service);
        return service !== null;
      }),
    async findPid() {
      const service = await findService(paths);
      if (!service) return null;
      const { pid } = service;
      const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
      return Number(children.split(' ')[0]) || null;
    },
  };
}

/** The process with which all others end. */
async function findService({ socket }: PodmanPaths): Promise<ProcessIdentity | null> {
  const found = (await listProcesses()).find(
    ({ args }) => basename(args[0] ?? '') === 'unshare' && args.includes(`unix://${socket}`),
  );
  return found?.identity ?? null;
}

async function startService(paths: PodmanPaths): Promise<void> {
  const packages = await unpackTrixie({
    name: 'podman',
    packages: [
      'podman',
      'crun',
      'netavark',
      'aardvark-dns',
      'nftables',
      'catatonit',
      'procps',
      'dash',
    ],
    withDependencies: true,
  });
  const started = performance.now();
  await writePodmanSettings(paths, packages);
  const service = await spawnService(paths, packages);
  if (!(await answers(paths, service))) {
    await endService(paths, service);
    throw new Error(`podman does not come up; the end of its log:\n${await lastLogLines(paths)}`);
  }
  startTimers(paths);
  say(`podman up on unix://${paths.socket} after ${Math.round(performance.now() - started)} ms`);
}

// The packages' `/usr`, C library included, stands in for the machine's: in this mount namespace only. Reading
// its log of events, podman may dereference nothing and end (seen once in many runs); as under systemd it is
// started again, and its containers go on.
const script = `
  packages="$1" state="$2"; shift 2
  ip link set lo up
  for folder in ${privateRunFolders.join(' ')}; do
    mkdir -p "/run/$folder"
    mount --bind "$state/$folder" "/run/$folder"
  done
  if [ -d /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified; fi
  mount --bind "$packages/usr" /usr
  exec catatonit -- dash -c 'until podman "$@"; do echo "podman ended with $?: once more"; done' podman "$@"`;

async function spawnService(paths: PodmanPaths, packages: string): Promise<ProcessIdentity> {
  const namespaces = '--net --mount --propagation private --pid --fork --kill-child --mount-proc';
  const log = openSync(paths.log, 'a', 0o600);
  const child = spawn(
    'unshare',
    [
      namespaces.split(' '),
      ['sh', '-euc', script, 'podman-engine', packages, paths.state],
      ['--root', paths.images, '--runroot', join(paths.state, 'root')],
      ['--storage-driver', 'overlay'],
      ['system', 'service', '--time=0', `unix://${paths.socket}`],
    ].flat(),
    {
      cwd: '/',
      detached: true,
      env: {
        PATH: systemPath,
        HOME: paths.home,
        CONTAINERS_CONF: paths.config,
        CONTAINERS_REGISTRIES_CONF: paths.registries,
        PODMAN_IGNORE_CGROUPSV1_WARNING: '1',
      },
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  const identity = identifyProcess(child.pid ?? 0);
  if (!identity) throw new Error(`podman ended at once:\n${await lastLogLines(paths)}`);
  return identity;
}

function startTimers({ socket }: PodmanPaths): void {
  const program = fileURLToPath(new URL('./podman-timers.ts', import.meta.url));
  const args = ['--import', 'tsx', program, socket];
  const options = { cwd: import.meta.dirname, detached: true, stdio: 'ignore' } as const;
  spawn(process.execPath, args, options).unref();
}

async function answers({ socket }: PodmanPaths, service: ProcessIdentity): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && isAlive(service)) {
    if (await probeEngine(socket)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function endService({ socket }: PodmanPaths, service: ProcessIdentity): Promise<void> {
  const inside = (await listProcesses()).filter(
    ({ args, identity }) => args.includes(`unix://${socket}`) && identity.pid !== service.pid,
  );
  if (isAlive(service)) process.kill(service.pid, 'SIGKILL');
  const gone = [service, ...inside.map(({ identity }) => identity)];
  await Promise.all(gone.map((identity) => waitUntilGone(identity, 10_000)));
}

async function lastLogLines({ log }: PodmanPaths): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-15).join('\n');
}
