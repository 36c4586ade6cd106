import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDevServicesError } from 'devservices';
import type { ImageProgress } from 'devservices/runner';
import { loadDockerConfig } from '../engine/docker-config.ts';
import type { Surroundings } from '../engine/docker-config.ts';
import { reasonOf } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { resolveImageReference } from './image-reference.ts';
import { resolvePullFailure } from './pull-failure.ts';
import { createPullProgress } from './pull-progress.ts';
import type { PullLine } from './pull-progress.ts';
import { readJsonLines } from '../runner/read-json-lines.ts';
import { resolveCredentials } from './registry-credentials.ts';

export interface PullOptions extends Surroundings {
  engine: Engine;
  image: string;
  platform: string | undefined;
  signal: AbortSignal;
  onProgress: (progress: ImageProgress) => void;
  /** Pause before the second try; it doubles. Default 500. */
  retryAfterMs: number;
}

/** Pulls one image, with up to three more tries where the network or the registry failed. */
export async function pullImage(options: PullOptions): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await pullOnce(options);
    } catch (thrown) {
      options.signal.throwIfAborted();
      if (isDevServicesError(thrown) && thrown.code === 'DS_DOCKER_LOST') throw thrown;
      const { error, mayPass } = resolvePullFailure(options.image, reasonOf(thrown), thrown);
      if (!mayPass || tries > 3) throw error;
      const pauseMs = options.retryAfterMs * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
      options.onProgress({ image: options.image, status: `trying again: ${reasonOf(thrown)}` });
      await sleep(pauseMs, undefined, { signal: options.signal });
    }
  }
}

async function pullOnce(options: PullOptions): Promise<void> {
  const { engine, image, platform, signal, onProgress } = options;
  const { name, tag, registry } = resolveImageReference(image);
  const { auths } = await loadDockerConfig(options);
  const authconfig = resolveCredentials(auths, registry);
  const stream = await engine.ask({ doing: `pull ${image}`, signal }, (client) =>
    client.createImage({
      fromImage: name,
      tag,
      ...(platform === undefined ? {} : { platform }),
      ...(authconfig ? { authconfig } : {}),
      abortSignal: signal,
    }),
  );
  const progress = createPullProgress(image);
  for await (const line of readJsonLines(stream as Readable)) {
    const { error } = line as PullLine;
    if (error !== undefined) throw new PullRefused(error);
    const news = progress.add(line as PullLine);
    if (news) onProgress(news);
  }
}

/** Carries the engine's words to where they are told apart; never leaves this module. */
class PullRefused extends Error {}
