import type { ImageProgress } from 'devservices/runner';
import Docker from 'dockerode';
import { onTestFinished } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createEnsureImage } from '../../../../plugins/docker/images/ensure-image.ts';
import { type EngineProxy, startEngineProxy } from '../../../rig/engine-proxy.ts';
import type { TestEngine } from '../../../rig/engine/ensure-engine.ts';
import { type RegistryProxy, startRegistryProxy } from '../../../rig/registry/registry-proxy.ts';
import { startRegistry } from '../../../rig/registry/start-registry.ts';
import { createFolder } from '../fake-engine.ts';

interface PullWishes {
  pull?: 'missing' | 'always' | 'never';
  platform?: string;
  signal?: AbortSignal;
  onProgress?: (news: ImageProgress) => void;
}

/** One who pulls, with a docker configuration of its own. */
export interface Puller {
  /** Of the docker configuration; first on PATH too. */
  folder: string;
  progress: readonly ImageProgress[];
  warnings: readonly string[];
  /** What it pulled is gone after the test. */
  pull(image: string, wishes?: PullWishes): Promise<void>;
}

/** A registry and an engine, with what breaks them between. */
export interface PullRig {
  proxy: RegistryProxy;
  between: EngineProxy;
  docker: Docker;
  /** How often the engine was asked to pull. */
  tries(): number;
  isHere(image: string): Promise<boolean>;
  open(options?: { stallMs?: number }): Promise<Puller>;
  reset(): void;
  close(): Promise<void>;
}

export async function createPullRig(
  engine: TestEngine,
  options: { wantsLogin?: boolean } = {},
): Promise<PullRig> {
  const docker = new Docker({ socketPath: engine.socketPath });
  const registry = await startRegistry(options);
  const proxy = await startRegistryProxy(registry);
  const between = await startEngineProxy({ target: engine.socketPath });
  return {
    proxy,
    between,
    docker,
    tries: () => between.requests.filter(({ path }) => path === '/images/create').length,
    isHere: (image) =>
      docker
        .getImage(image)
        .inspect()
        .then(
          () => true,
          () => false,
        ),
    open: (wishes = {}) => openPuller({ url: between.url, docker, ...wishes }),
    reset() {
      proxy.reset();
      between.reset();
    },
    async close() {
      await between.close();
      await proxy.close();
      await registry.close();
    },
  };
}

async function openPuller({
  url,
  docker,
  stallMs = 60_000,
}: {
  url: string;
  docker: Docker;
  stallMs?: number;
}): Promise<Puller> {
  const folder = await createFolder();
  const engine = createEngine({ engine: url, env: {} });
  onTestFinished(() => engine.close());
  const progress: ImageProgress[] = [];
  const warnings: string[] = [];
  const ensureImage = createEnsureImage({
    engine,
    env: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` },
    home: folder,
    retryAfterMs: 1,
    stallMs,
    warn: (text) => warnings.push(text),
  });
  return {
    folder,
    progress,
    warnings,
    pull(image, { platform, pull = 'missing', signal, onProgress } = {}) {
      onTestFinished(() =>
        docker
          .getImage(image)
          .remove()
          .catch(() => {}),
      );
      return ensureImage(
        { image, platform },
        {
          pull,
          signal: signal ?? new AbortController().signal,
          onProgress(news) {
            progress.push(news);
            onProgress?.(news);
          },
        },
      );
    },
  };
}
