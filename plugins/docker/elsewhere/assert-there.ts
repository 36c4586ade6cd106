import { relative } from 'node:path';
import { remoteHostOf } from '../engine/engine-address.ts';
import type { EngineAddress } from '../engine/engine-address.ts';
import { dockerErrors } from '../errors.ts';
import type { MountedPath } from '../errors.ts';
import { findMissingPaths } from './find-missing-paths.ts';
import { findMountedPaths, findNeededProcesses } from './find-needs.ts';
import type { PlannedNeeds } from './find-needs.ts';

export interface ElsewhereOptions {
  /** Of the configuration: what is below it is surely of this machine. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Says what could not be seen. */
  warn(text: string): void;
}

/**
 * Before anything starts on an engine of another machine: throws DS_DOCKER_ELSEWHERE naming each path
 * that is to be mounted and is not there, and each process of this machine that a container would have
 * to reach. Asks nothing where no container is made.
 */
export async function assertThere(
  address: EngineAddress,
  services: readonly PlannedNeeds[],
  options: ElsewhereOptions,
): Promise<void> {
  const host = remoteHostOf(address);
  if (host === undefined) return;
  const processes = findNeededProcesses(services);
  const mounts = await findMissing(address, findMountedPaths(services), options);
  if (mounts.length === 0 && processes.length === 0) return;
  throw dockerErrors.create('DS_DOCKER_ELSEWHERE', { host, mounts, processes });
}

async function findMissing(
  address: EngineAddress,
  mounted: readonly MountedPath[],
  { root, env, signal, warn }: ElsewhereOptions,
): Promise<readonly MountedPath[]> {
  if (mounted.length === 0) return [];
  // Nobody can be asked there: the repo's own are meant, others may be that machine's.
  if (address.kind !== 'ssh') return mounted.filter(({ path }) => isBelow(root, path));
  const paths = mounted.map(({ path }) => path);
  try {
    const missing = await findMissingPaths(address, paths, { env, signal });
    return mounted.filter(({ path }) => missing.has(path));
  } catch (thrown) {
    signal.throwIfAborted();
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    warn(`Whether ${paths.join(', ')} can be mounted on ${address.host} is not known: ${reason}.`);
    return [];
  }
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith('../');
}
