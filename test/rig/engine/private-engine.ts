import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';

import { cgroupParent, enginePaths } from './engine-paths.ts';
import { withFolderLock } from './folder-lock.ts';
import { findIptables, systemPath } from './find-iptables.ts';
import { installEnginePackages } from './install-packages.ts';
import { ensurePrivate } from './places.ts';
import type { EngineFolders } from './places.ts';
import { probeEngine } from './probe-engine.ts';
import { identifyProcess, isAlive, waitUntilGone } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';
import { say } from './say.ts';
import { findDaemon, sweepLeftovers } from './sweep-leftovers.ts';

const startTimeoutMs = 60_000;

export interface PrivateEngineOptions {
  /** False for a second engine beside another on the same network. Default true. */
  iptables?: boolean;
  /** A network namespace of its own, as long as the engine runs: it publishes ports there only. */
  ownNetwork?: boolean;
  /** A folder of which it has an empty one of its own, as another machine has. Only with `ownNetwork`. */
  ownFolder?: string;
  /** Folder of unpacked packages whose dockerd and containerd are taken, not the machine's. */
  packages?: string;
}

/**
 * Starts a dockerd on folders of its own unless one answers there; it outlives this process. Installs
 * what is missing and clears what a killed one left behind. Of callers at the same time one starts it
 * and the others wait. Throws with the end of dockerd's log when it does not come up.
 */
export async function startPrivateEngine(
  folders: EngineFolders,
  options: PrivateEngineOptions = {},
): Promise<void> {
  const start = async (): Promise<void> => {
    await installEnginePackages();
    if (await adoptDaemon(folders)) return;
    await sweepLeftovers(folders);
    await startDaemon(folders, options);
  };
  await withFolderLock(enginePaths(folders).lock, start, ({ pid }) => {
    say(`waiting for process ${pid}, which starts the engine`);
  });
}

/** Ends our dockerd, known by pid and start time, and clears what is left. False if none runs. */
export async function stopPrivateEngine(folders: EngineFolders): Promise<boolean> {
  const { lock, record } = enginePaths(folders);
  return withFolderLock(lock, async () => {
    const daemon = await readRecord(folders);
    const wasAlive = daemon !== null && isAlive(daemon);
    if (wasAlive) await endDaemon(daemon);
    if (!wasAlive && (await findDaemon(folders))) return false;
    await sweepLeftovers(folders);
    await rm(record, { force: true });
    return wasAlive;
  });
}

/** Takes a dockerd that lives on these folders, also one whose starter was killed before it answered. */
async function adoptDaemon(folders: EngineFolders): Promise<boolean> {
  const daemon = await findDaemon(folders);
  if (!daemon) return false;
  const { record, socket } = enginePaths(folders);
  await writeFile(record, JSON.stringify(daemon), { mode: 0o600 });
  if (await answers(socket, daemon, 10_000)) return true;
  say(`a dockerd (pid ${daemon.pid}) of an earlier run does not answer: ending it`);
  await endDaemon(daemon);
  return false;
}

async function startDaemon(folders: EngineFolders, options: PrivateEngineOptions): Promise<void> {
  const { record, socket } = enginePaths(folders);
  ensurePrivate(folders.run);
  ensurePrivate(folders.cache);
  const started = performance.now();
  const daemon = await spawnDaemon(folders, options);
  await writeFile(record, JSON.stringify(daemon), { mode: 0o600 });
  if (!(await answers(socket, daemon))) {
    await endDaemon(daemon);
    throw new Error(
      `dockerd does not come up; the end of its log:\n${await lastLogLines(folders)}`,
    );
  }
  say(`dockerd up on unix://${socket} after ${Math.round(performance.now() - started)} ms`);
}

async function spawnDaemon(
  folders: EngineFolders,
  { iptables = true, ownNetwork = false, ownFolder, packages }: PrivateEngineOptions,
): Promise<ProcessIdentity> {
  const paths = enginePaths(folders);
  await mkdir(paths.dataRoot, { recursive: true, mode: 0o711 });
  await writeFile(paths.config, '{}');
  const path = [
    ...(packages ? [`${packages}/usr/sbin`, `${packages}/usr/bin`] : []),
    iptables ? await findIptables(paths.bin) : systemPath,
  ].join(':');
  const [program = '', ...first] = ownNetwork ? inOwnNetwork(ownFolder) : ['dockerd'];
  const log = openSync(paths.log, 'a', 0o600);
  const child = spawn(
    program,
    [
      first,
      ['--host', `unix://${paths.socket}`, '--config-file', paths.config],
      ['--pidfile', paths.pidFile, '--exec-root', paths.execRoot],
      ['--data-root', paths.dataRoot, '--group', '0', '--shutdown-timeout', '5'],
      ['--bridge', 'none', `--iptables=${iptables}`, '--log-opt', 'max-size=10m'],
      ['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', cgroupParent(folders)],
    ].flat(),
    { cwd: '/', detached: true, env: daemonEnv(path), stdio: ['ignore', log, log] },
  );
  closeSync(log);
  await once(child, 'spawn');
  child.unref();
  const identity = identifyProcess(child.pid ?? 0);
  if (!identity) throw new Error(`dockerd ended at once:\n${await lastLogLines(folders)}`);
  return identity;
}

/** Each program becomes the next: the pid is dockerd's in the end. */
function inOwnNetwork(ownFolder: string | undefined): readonly string[] {
  const unshare = ['unshare', '--net', ...(ownFolder === undefined ? [] : ['--mount'])];
  const mount = ownFolder === undefined ? '' : 'mount -t tmpfs tmpfs "$1" && shift && ';
  const script = `ip link set lo up && ${mount}exec "$0" "$@"`;
  return [
    ...unshare,
    'sh',
    '-c',
    script,
    'dockerd',
    ...(ownFolder === undefined ? [] : [ownFolder]),
  ];
}

async function answers(
  socket: string,
  daemon: ProcessIdentity,
  timeoutMs = startTimeoutMs,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline && isAlive(daemon)) {
    if (await probeEngine(socket)) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

async function endDaemon(daemon: ProcessIdentity): Promise<void> {
  if (isAlive(daemon)) process.kill(daemon.pid, 'SIGTERM');
  if (await waitUntilGone(daemon, 20_000)) return;
  if (isAlive(daemon)) process.kill(daemon.pid, 'SIGKILL');
  await waitUntilGone(daemon, 5000);
}

/** The engine sees nothing of the test run's environment but how to reach the network. */
function daemonEnv(path: string): NodeJS.ProcessEnv {
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  return { ...Object.fromEntries(proxies), PATH: path };
}

async function readRecord(folders: EngineFolders): Promise<ProcessIdentity | null> {
  try {
    return JSON.parse(await readFile(enginePaths(folders).record, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}

async function lastLogLines(folders: EngineFolders): Promise<string> {
  const text = await readFile(enginePaths(folders).log, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-15).join('\n');
}
