import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { EngineBeside } from './engines-beside.ts';
import { withFolderLock } from './folder-lock.ts';
import { systemPath } from './find-iptables.ts';
import { cacheFolder, ensurePrivate, runFolder } from './places.ts';
import { probeEngine } from './probe-engine.ts';
import { identifyProcess, isAlive, listProcesses, waitUntilGone } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { say } from './say.ts';
import { unpackTrixie } from './trixie-packages.ts';

const startTimeoutMs = 30_000;

const run = join(runFolder(), 'podman');
const paths = {
  socket: join(run, 'podman.sock'),
  log: join(run, 'podman.log'),
  lock: join(run, 'engine.lock'),
  record: join(run, 'engine.json'),
  config: join(run, 'containers.conf'),
  registries: join(run, 'registries.conf'),
  home: join(run, 'home'),
  /** What podman believes to be gone after a reboot: here, with its processes. */
  state: join(run, 'state'),
};

/**
 * The podman of Debian 13, serving Docker's API. It and all that it starts live in namespaces that
 * end with one process, mounts and network included, so that a killed one leaves nothing behind.
 */
export const podmanEngine: EngineBeside = {
  socket: paths.socket,
  log: paths.log,
  async start() {
    ensurePrivate(run);
    await withFolderLock(paths.lock, async () => {
      const service = await readRecord();
      if (service && isAlive(service) && (await answers(service))) return;
      if (service) await endService(service);
      await startService();
    });
  },
  async stop() {
    ensurePrivate(run);
    return withFolderLock(paths.lock, async () => {
      const service = await readRecord();
      const wasAlive = service !== null && isAlive(service);
      if (wasAlive) await endService(service);
      await rm(paths.record, { force: true });
      return wasAlive;
    });
  },
  async findPid() {
    const service = await readRecord();
    if (!service || !isAlive(service)) return null;
    const { pid } = service;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return Number(children.split(' ')[0]) || null;
  },
};

async function startService(): Promise<void> {
  const packages = await unpackTrixie({
    name: 'podman',
    packages: ['podman', 'crun', 'netavark', 'aardvark-dns', 'nftables', 'catatonit', 'procps'],
    withDependencies: true,
  });
  const started = performance.now();
  await writeSettings(packages);
  const service = await spawnService(packages);
  await writeFile(paths.record, JSON.stringify(service), { mode: 0o600 });
  if (!(await answers(service))) {
    await endService(service);
    throw new Error(`podman does not come up; the end of its log:\n${await lastLogLines()}`);
  }
  startTimers();
  say(`podman up on unix://${paths.socket} after ${Math.round(performance.now() - started)} ms`);
}

/** Its own of everything: no file of a podman that this machine may have is read or written. */
async function writeSettings(packages: string): Promise<void> {
  await rm(paths.state, { recursive: true, force: true });
  await rm(paths.socket, { force: true });
  const policies = join(paths.home, '.config/containers');
  const bound = ['netns', 'containers'].map((name) => join(paths.state, name));
  for (const folder of [...bound, policies, dataFolder()]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  await copyFile(join(packages, 'etc/containers/policy.json'), join(policies, 'policy.json'));
  await writeFile(paths.registries, registries);
  // Its own defaults are more than a builder gets where root may not raise limits.
  const limits = await readFile('/proc/self/limits', 'utf8');
  const hard = (name: string) => new RegExp(`^Max ${name} +\\S+ +(\\d+)`, 'm').exec(limits)?.[1];
  const [files, processes] = [hard('open files') ?? 1024, hard('processes') ?? 1024];
  await writeFile(
    paths.config,
    `[containers]
log_driver = "k8s-file"
default_ulimits = ["nofile=${files}:${files}", "nproc=${processes}:${processes}"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
runtime = "crun"
tmp_dir = "${join(paths.state, 'libpod')}"
[network]
network_backend = "netavark"
network_config_dir = "${join(dataFolder(), 'networks')}"
`,
  );
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

// The packages' `/usr`, C library included, stands in for the machine's: in this mount namespace only.
const script = `
  packages="$1" state="$2"; shift 2
  ip link set lo up
  for folder in netns containers; do
    mkdir -p "/run/$folder"
    mount --bind "$state/$folder" "/run/$folder"
  done
  if [ -d /sys/fs/cgroup/unified ]; then umount /sys/fs/cgroup/unified; fi
  mount --bind "$packages/usr" /usr
  exec catatonit -- podman "$@"`;

async function spawnService(packages: string): Promise<ProcessIdentity> {
  const namespaces = '--net --mount --propagation private --pid --fork --kill-child --mount-proc';
  const log = openSync(paths.log, 'a', 0o600);
  const child = spawn(
    'unshare',
    [
      namespaces.split(' '),
      ['sh', '-euc', script, 'podman-engine', packages, paths.state],
      ['--root', dataFolder(), '--runroot', join(paths.state, 'root')],
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
  if (!identity) throw new Error(`podman ended at once:\n${await lastLogLines()}`);
  return identity;
}

function startTimers(): void {
  const program = fileURLToPath(new URL('./podman-timers.ts', import.meta.url));
  const args = ['--import', 'tsx', program, paths.socket];
  const options = { cwd: import.meta.dirname, detached: true, stdio: 'ignore' } as const;
  spawn(process.execPath, args, options).unref();
}

async function answers(service: ProcessIdentity): Promise<boolean> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && isAlive(service)) {
    if (await probeEngine(paths.socket)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

/** Ends the first process of the namespaces, and with it all others. */
async function endService(service: ProcessIdentity): Promise<void> {
  const listed = await listProcesses();
  if (isAlive(service)) process.kill(service.pid, 'SIGKILL');
  await waitUntilGone(service, 10_000);
  const follower = listed.find(({ args }) => args.includes(`unix://${paths.socket}`));
  if (follower) await waitUntilGone(follower.identity, 10_000);
}

function dataFolder(): string {
  return cacheFolder('podman-engine');
}

async function readRecord(): Promise<ProcessIdentity | null> {
  try {
    return JSON.parse(await readFile(paths.record, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}

async function lastLogLines(): Promise<string> {
  const text = await readFile(paths.log, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-15).join('\n');
}
