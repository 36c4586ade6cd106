import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { finish } from './engine/build-image.ts';
import { ensureEngine } from './engine/ensure-engine.ts';
import { pushImage } from './registry/push-image.ts';
import { type RegistryProxy, startRegistryProxy } from './registry/registry-proxy.ts';
import { type Registry, startRegistry } from './registry/start-registry.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a registry of the rig', () => {
  if (!engine) return;
  const docker = new Docker({ socketPath: engine.socketPath });
  let registry: Registry;
  let proxy: RegistryProxy;

  beforeAll(async () => {
    registry = await startRegistry();
    proxy = await startRegistryProxy(registry);
  });
  afterAll(async () => {
    await proxy?.close();
    await registry?.close();
  });

  test('keeps what is pushed, and counts what is pulled', async () => {
    const name = `${proxy.host}/app:1`;
    await pushImage(engine, { name, bytes: 300_000 });
    proxy.reset();
    await finish(docker, await docker.pull(name));
    const { Size } = await docker.getImage(name).inspect();
    await docker.getImage(name).remove();
    expect(Size).toBeGreaterThan(300_000);
    expect(proxy.pulls()).toBeGreaterThan(0);
    expect(proxy.requests.filter(({ kind }) => kind === 'blob').length).toBeGreaterThan(0);
  });

  test('fails as it is told to', async () => {
    proxy.fault(({ kind }) => (kind === 'manifest' ? { status: 503 } : undefined));
    await expect(docker.pull(`${proxy.host}/app:1`)).rejects.toThrow('503');
    proxy.reset();
    await expect(docker.pull(`${proxy.host}/app:nope`)).rejects.toThrow('manifest unknown');
  });
});
