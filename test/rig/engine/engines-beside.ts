import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { copyTestImages } from './copy-images.ts';
import { ensureEngine } from './ensure-engine.ts';
import { mayInstallEngine } from './install-packages.ts';
import { createNewerEngine } from './newer-engine.ts';
import { cacheFolder, runFolder } from './places.ts';
import type { EngineFolders } from './places.ts';
import { createPodmanEngine } from './podman-engine.ts';
import { createRemoteDaemon } from './remote-daemon.ts';

/** An engine of another make beside the one that the rig takes by itself. */
export interface EngineBeside {
  socket: string;
  log: string;
  /** Starts it unless it answers. Throws with the end of its log. */
  start(): Promise<void>;
  /** False if it did not run. */
  stop(): Promise<boolean>;
  /** Of a process in its network namespace; null when it does not run. */
  findPid(): Promise<number | null>;
}

/** The one that the tests reach by ssh alone. */
export const remoteDaemon = createRemoteDaemon(foldersOf('remote'));

export const enginesBeside: Readonly<Record<string, EngineBeside>> = {
  newer: createNewerEngine(foldersOf('newer')),
  podman: createPodmanEngine(foldersOf('podman')),
  remote: remoteDaemon,
};

function foldersOf(name: string): EngineFolders {
  return { run: join(runFolder(), name), cache: cacheFolder(`${name}-engine`) };
}

/** Brings it up with the rig's images, copied from the first engine; returns its URL. */
export async function startBeside(engine: EngineBeside): Promise<string> {
  if (!(await mayInstallEngine())) {
    throw new Error(
      'Engines beside the first can only be set up by root on Debian. DEVSERVICES_TEST_ENGINE ' +
        'names the one engine to test on, or none.',
    );
  }
  const first = await ensureEngine();
  if (!first) throw new Error('There is no engine to copy images from: DEVSERVICES_TEST_ENGINE.');
  await engine.start();
  await copyTestImages(first.socketPath, engine.socket);
  return `unix://${engine.socket}`;
}

/**
 * Runs a command where the engine's published ports are: in its network namespace, with
 * DEVSERVICES_TEST_ENGINE set to it. Resolves with the exit status.
 */
export async function runBeside(engine: EngineBeside, command: readonly string[]): Promise<number> {
  const url = await startBeside(engine);
  const pid = await engine.findPid();
  if (pid === null) throw new Error(`The engine at ${url} went away.`);
  const env = { ...process.env, DEVSERVICES_TEST_ENGINE: url };
  const child = spawn('nsenter', [`--net=/proc/${pid}/ns/net`, '--', ...command], {
    env,
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
