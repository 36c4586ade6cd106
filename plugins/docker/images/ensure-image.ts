import type { ImageProgress, PrepareOptions } from 'devservices/runner';
import type { Surroundings } from '../engine/docker-config.ts';
import { reasonOf, statusOf } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { imageErrors } from '../image-errors.ts';
import { resolvePullFailure } from './pull-failure.ts';
import { pullImage } from './pull-image.ts';

/** Sees to it that an image is there. */
export type EnsureImage = (
  wanted: { image: string; platform?: string | undefined },
  options: Pick<PrepareOptions, 'pull' | 'signal' | 'onProgress'>,
) => Promise<void>;

interface Pull {
  done: Promise<void>;
  listeners: Set<(progress: ImageProgress) => void>;
  stop: AbortController;
}

/** Services that want the same image at the same time share one pull; it stops when all of them do. */
export function createEnsureImage(
  surroundings: Surroundings & { engine: Engine; retryAfterMs: number },
): EnsureImage {
  const running = new Map<string, Pull>();
  return async ({ image, platform }, { pull: policy, signal, onProgress }) => {
    if (policy !== 'always') {
      if (await isPresent(surroundings.engine, { image, platform, signal })) return;
      if (policy === 'never') throw imageErrors.create('DS_IMAGE_MISSING', { image });
    }
    const key = `${image} ${platform ?? ''}`;
    const shared = running.get(key) ?? startPull(key);
    // A function of its own for each caller: two may pass the same one.
    const listener = (progress: ImageProgress) => onProgress(progress);
    shared.listeners.add(listener);
    const leave = () => {
      shared.listeners.delete(listener);
      if (shared.listeners.size > 0) return;
      if (running.get(key) === shared) running.delete(key);
      shared.stop.abort(signal.reason);
    };
    await finishOrLeave(shared.done, { signal, leave });
  };

  function startPull(key: string): Pull {
    const [image = '', platform] = key.split(' ');
    const stop = new AbortController();
    const listeners: Pull['listeners'] = new Set();
    const done = pullImage({
      ...surroundings,
      image,
      platform: platform || undefined,
      signal: stop.signal,
      onProgress: (progress) => listeners.forEach((listener) => listener(progress)),
    });
    const pull: Pull = { done, listeners, stop };
    running.set(key, pull);
    const forget = () => {
      if (running.get(key) === pull) running.delete(key);
    };
    done.then(forget, forget);
    return pull;
  }
}

async function finishOrLeave(
  done: Promise<void>,
  { signal, leave }: { signal: AbortSignal; leave: () => void },
): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([done, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    leave();
  }
}

async function isPresent(
  engine: Engine,
  { image, platform, signal }: { image: string; platform: string | undefined; signal: AbortSignal },
): Promise<boolean> {
  try {
    const found = await engine.ask({ doing: `look up the image ${image}`, signal }, (client) =>
      client.getImage(image).inspect(),
    );
    const [os, architecture] = platform?.split('/') ?? [];
    return platform === undefined || (found.Os === os && found.Architecture === architecture);
  } catch (thrown) {
    if (statusOf(thrown) === 404) return false;
    const { error } = resolvePullFailure(image, reasonOf(thrown), thrown);
    throw error.code === 'DS_IMAGE_NAME_INVALID' ? error : thrown;
  }
}
