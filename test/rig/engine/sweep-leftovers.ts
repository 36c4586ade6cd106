import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { EngineFolders } from './places.ts';
import { isAlive, listProcesses, waitUntilGone } from './process-identity.ts';
import type { ProcessIdentity, ProcessListing } from './process-identity.ts';
import { cgroupParent, enginePaths } from './engine-paths.ts';
import { runCommand } from './run-command.ts';

/** The dockerd that runs on these folders, whoever started it; null when there is none. */
export async function findDaemon(folders: EngineFolders): Promise<ProcessIdentity | null> {
  const { execRoot } = enginePaths(folders);
  const found = (await listProcesses()).find(
    ({ args }) => basename(args[0] ?? '') === 'dockerd' && follows(args, '--exec-root', execRoot),
  );
  return found?.identity ?? null;
}

/**
 * Clears what a killed dockerd left on these folders: its containerd, shims and container processes,
 * mounts, sockets and pid files. Call it only when no dockerd runs there.
 */
export async function sweepLeftovers(folders: EngineFolders): Promise<void> {
  const { execRoot, socket, pidFile } = enginePaths(folders);
  // Containers go first: a shim that lives sees them out and leaves less behind.
  const own = await readFile('/proc/self/cgroup', 'utf8');
  const contained = (await listProcesses()).filter((listing) => isInContainer(listing, folders));
  // Where the rig itself runs in a container of such an engine, its own cgroup has that name too.
  await end(contained.filter(({ cgroup }) => cgroup !== own));
  await end((await listProcesses()).filter((listing) => isOurs(listing, folders)));
  await unmountBelow([execRoot, folders.cache]);
  // A pid file that outlives its process points at a stranger sooner or later: dockerd would refuse
  // to start, and would take the stranger for its containerd.
  await Promise.all(
    [socket, pidFile, execRoot].map((path) => rm(path, { recursive: true, force: true })),
  );
}

function isInContainer({ cgroup }: ProcessListing, folders: EngineFolders): boolean {
  return cgroup
    .split('\n')
    .some((line) => line.split(':')[2]?.startsWith(`${cgroupParent(folders)}/`));
}

function isOurs({ args }: ProcessListing, folders: EngineFolders): boolean {
  const containerdFolder = join(enginePaths(folders).execRoot, 'containerd');
  const program = basename(args[0] ?? '');
  if (program === 'containerd') {
    return follows(args, '--config', join(containerdFolder, 'containerd.toml'));
  }
  const isShim = program.startsWith('containerd-shim');
  return isShim && follows(args, '-address', join(containerdFolder, 'containerd.sock'));
}

function follows(args: readonly string[], flag: string, value: string): boolean {
  return args[args.indexOf(flag) + 1] === value;
}

async function end(listings: readonly ProcessListing[]): Promise<void> {
  for (const { identity } of listings) {
    if (isAlive(identity)) process.kill(identity.pid, 'SIGKILL');
  }
  const gone = await Promise.all(listings.map(({ identity }) => waitUntilGone(identity, 10_000)));
  const stuck = listings.filter((_, index) => !gone[index]);
  if (stuck.length > 0) {
    const pids = stuck.map(({ identity }) => identity.pid).join(', ');
    throw new Error(`Processes ${pids} of a killed test engine do not end: end them by hand.`);
  }
}

async function unmountBelow(folders: readonly string[]): Promise<void> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n');
  const points = lines.map((line) => unescapeOctal(line.split(' ')[4] ?? ''));
  const ours = points.filter((point) => folders.some((folder) => point.startsWith(`${folder}/`)));
  // The latest mount comes off first: it may lie on top of another.
  for (const point of ours.toReversed()) await runCommand('umount', ['--lazy', point]);
}

function unescapeOctal(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, digits: string) =>
    String.fromCharCode(parseInt(digits, 8)),
  );
}
