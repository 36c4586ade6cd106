import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { finish } from './engine/build-image.ts';
import { enginePaths } from './engine/engine-paths.ts';
import { ensureEngine } from './engine/ensure-engine.ts';
import { ensurePrivate } from './engine/places.ts';
import { startPrivateEngine, stopPrivateEngine } from './engine/private-engine.ts';
import { probeEngine } from './engine/probe-engine.ts';
import { identifyProcess, waitUntilGone } from './engine/process-identity.ts';

const shared = await ensureEngine();

describe.skipIf(!shared?.own)('private engine, where the rig may start one', () => {
  // A second engine of its own: the one that other tests share is not to be killed under them.
  const root = join(tmpdir(), `ds-engine-${process.pid}`);
  const folders = { run: join(root, 'run'), cache: join(root, 'cache') };
  const paths = enginePaths(folders);
  const docker = new Docker({ socketPath: paths.socket });
  const start = (): Promise<void> => startPrivateEngine(folders, { iptables: false });
  const readPid = (path: string): number => Number(readFileSync(path, 'utf8'));
  const containerdPidFile = join(paths.execRoot, 'containerd/containerd.pid');

  beforeAll(async () => {
    ensurePrivate(root);
    await start();
  });
  afterEach(start);
  afterAll(async () => {
    await stopPrivateEngine(folders);
    await rm(root, { recursive: true, force: true });
  }, 30_000);

  async function kill(...pids: number[]): Promise<void> {
    const victims = pids.map((pid) => identifyProcess(pid)).filter((found) => found !== null);
    expect(victims).toHaveLength(pids.length);
    victims.forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    await Promise.all(victims.map((victim) => waitUntilGone(victim, 5000)));
  }

  async function runSleeper(): Promise<Docker.Container> {
    const archive = join(root, 'sleeper.tar');
    if (!existsSync(archive)) packSleeper(archive);
    await finish(docker, await docker.importImage(archive, { repo: 'sleeper', tag: '1' }));
    const Cmd = ['/bin/sleep', '600'];
    const HostConfig = { NetworkMode: 'none' };
    const container = await docker.createContainer({ Image: 'sleeper:1', Cmd, HostConfig });
    await container.start();
    return container;
  }

  test('answers on a socket that only this user reaches', async () => {
    expect(await probeEngine(paths.socket)).toHaveProperty('apiVersion');
    expect(existsSync(paths.socket)).toBe(true);
    const mode = execFileSync('stat', ['--format', '%a', folders.run], { encoding: 'utf8' });
    expect(mode.trim()).toBe('700');
  });

  test('is used again, not started again', async () => {
    const pid = readPid(paths.pidFile);
    await start();
    expect(readPid(paths.pidFile)).toBe(pid);
  });

  test('is stopped by its pid and start time, and only once', async () => {
    const daemon = identifyProcess(readPid(paths.pidFile));
    expect(await stopPrivateEngine(folders)).toBe(true);
    expect(identifyProcess(daemon?.pid ?? 0)).toBeNull();
    expect(await stopPrivateEngine(folders)).toBe(false);
  });

  test('does not end a process that got the pid of a dead engine', async () => {
    await stopPrivateEngine(folders);
    const stranger = spawn('sleep', ['600']);
    await once(stranger, 'spawn');
    const { pid = 0 } = stranger;
    const record = { ...identifyProcess(pid), startTicks: '1' };
    writeFileSync(paths.record, JSON.stringify(record));
    expect(await stopPrivateEngine(folders)).toBe(false);
    expect(identifyProcess(pid)).not.toBeNull();
    stranger.kill();
  });

  test('comes back after a kill, with containers that ran to be started again', async () => {
    const container = await runSleeper();
    const before = await container.inspect();
    await kill(readPid(paths.pidFile));
    await start();
    expect(identifyProcess(before.State.Pid)).toBeNull();
    expect((await container.inspect()).State.Status).toBe('exited');
    await container.start();
    expect((await container.inspect()).State.Running).toBe(true);
    await container.remove({ force: true });
  }, 30_000);

  test('comes back after its containerd was killed too, leaving no shim', async () => {
    const container = await runSleeper();
    const { State } = await container.inspect();
    const shim = parentOf(State.Pid);
    await kill(readPid(paths.pidFile), readPid(containerdPidFile));
    await start();
    expect(identifyProcess(shim)).toBeNull();
    expect(identifyProcess(State.Pid)).toBeNull();
    await container.start();
    await container.remove({ force: true });
  }, 30_000);

  test('starts over stale sockets and pid files that name a living stranger', async () => {
    await kill(readPid(paths.pidFile));
    mkdirSync(join(paths.execRoot, 'containerd'), { recursive: true });
    for (const file of [paths.pidFile, containerdPidFile]) writeFileSync(file, `${process.pid}`);
    expect(existsSync(paths.socket)).toBe(true);
    await start();
    expect(await probeEngine(paths.socket)).not.toBeNull();
    expect(readPid(paths.pidFile)).not.toBe(process.pid);
  }, 30_000);

  test('waits for an engine whose starter was killed, instead of starting another', async () => {
    const pid = readPid(paths.pidFile);
    await rm(paths.record);
    await start();
    expect(readPid(paths.pidFile)).toBe(pid);
    expect(JSON.parse(readFileSync(paths.record, 'utf8'))).toMatchObject({ pid });
  });

  test('is started once by processes that come at the same time', async () => {
    await stopPrivateEngine(folders);
    const script = `
      import { startPrivateEngine } from './private-engine.ts';
      startPrivateEngine(${JSON.stringify(folders)}, { iptables: false });`;
    const cwd = join(import.meta.dirname, 'engine');
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const starters = [1, 2, 3].map(() => spawn(process.execPath, args, { cwd, stdio: 'ignore' }));
    const codes = await Promise.all(starters.map((starter) => once(starter, 'exit')));
    expect(codes).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);
    const log = readFileSync(paths.log, 'utf8');
    const lastStop = log.lastIndexOf('Processing signal');
    expect(log.slice(lastStop).match(/msg="Starting up"/g)).toHaveLength(1);
  }, 30_000);
});

/** A root file system of one program and its libraries: the smallest image there is at hand. */
function packSleeper(archive: string): void {
  const listing = execFileSync('ldd', ['/bin/sleep'], { encoding: 'utf8' });
  const libraries = [...listing.matchAll(/(\/\S+)/g)].map(([, path]) => path ?? '');
  const files = ['/bin/sleep', ...libraries];
  execFileSync('tar', ['--create', '--dereference', '--file', archive, ...files], {
    stdio: 'ignore',
  });
}

function parentOf(pid: number): number {
  const [, parent] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(parent);
}
