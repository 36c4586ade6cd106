import { execFileSync, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Docker from 'dockerode';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { copyTestImages } from './engine/copy-images.ts';
import { ensureEngine } from './engine/ensure-engine.ts';
import { createNewerEngine } from './engine/newer-engine.ts';
import { ensurePrivate } from './engine/places.ts';
import { createPodmanEngine } from './engine/podman-engine.ts';
import { probeEngine } from './engine/probe-engine.ts';
import { identifyProcess, waitUntilGone } from './engine/process-identity.ts';

const shared = await ensureEngine();
const makes = [
  { name: 'dockerd 26.1', create: createNewerEngine, apiVersion: '1.45', isPodman: false },
  { name: 'Podman', create: createPodmanEngine, apiVersion: '1.41', isPodman: true },
];

describe.skipIf(!shared?.own).each(makes)(
  'private engine, where the rig may start one: $name',
  ({ name, create, ...answer }) => {
    // Not those that `npm test` runs on, which others may use.
    const root = join(tmpdir(), `ds-${name.slice(0, 1)}-${process.pid}`);
    const engine = create({ run: join(root, 'run'), cache: join(root, 'cache') });
    const docker = new Docker({ socketPath: engine.socket });
    beforeAll(async () => {
      ensurePrivate(root);
      await engine.start();
      await copyTestImages(shared?.socketPath ?? '', engine.socket);
    });
    afterEach(() => engine.start());
    afterAll(async () => {
      await engine.stop();
      await rm(root, { recursive: true, force: true });
    }, 30_000);

    async function startContainer(): Promise<Docker.Container> {
      const container = await docker.createContainer({
        Image: shared?.images.tools ?? '',
        Cmd: ['sleep', '600'],
        HostConfig: { NetworkMode: 'none' },
      });
      await container.start();
      return container;
    }

    test('is what it is said to be, and started once', async () => {
      expect(await probeEngine(engine.socket)).toEqual(answer);
      const pid = await engine.findPid();
      await engine.start();
      expect(await engine.findPid()).toBe(pid);
      expect(await copyTestImages(shared?.socketPath ?? '', engine.socket)).toBeUndefined();
    });

    test('publishes ports in a network of its own, and leaves none', async () => {
      const isOwn = networkOf(await engine.findPid()) !== networkOf(process.pid);
      expect(isOwn).toBe(true);
      const before = execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' });
      const network = await docker.createNetwork({ Name: 'ds-beside' });
      expect(execFileSync('ip', ['-brief', 'link'], { encoding: 'utf8' })).toBe(before);
      await network.remove();
    });

    test('comes back after a kill, with its containers to be started again', async () => {
      const container = await startContainer();
      const pid = (await engine.findPid()) ?? 0;
      const victim = identifyProcess(pid);
      spawnSync('kill', ['-KILL', String(pid)]);
      if (victim) await waitUntilGone(victim, 5000);
      await engine.start();
      expect(await engine.findPid()).not.toBe(pid);
      expect((await container.inspect()).State.Running).toBe(false);
      await container.start();
      expect((await container.inspect()).State.Running).toBe(true);
      await container.kill();
      await container.remove();
    }, 60_000);

    test('is ended with all that it runs', async () => {
      const container = await startContainer();
      const pid = (await engine.findPid()) ?? 0;
      const namespace = networkOf(pid);
      expect(await engine.stop()).toBe(true);
      expect(await engine.stop()).toBe(false);
      expect(await probeEngine(engine.socket)).toBeNull();
      expect(identifyProcess(pid)).toBeNull();
      const all = execFileSync('sh', ['-c', 'readlink /proc/[0-9]*/ns/net || true']).toString();
      expect(all.split('\n')).not.toContain(namespace);
      await engine.start();
      await container.remove({ force: true });
    }, 60_000);
  },
);

function networkOf(pid: number | null): string {
  return execFileSync('readlink', [`/proc/${pid}/ns/net`], { encoding: 'utf8' }).trim();
}
