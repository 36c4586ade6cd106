import { setTimeout as sleep } from 'node:timers/promises';
import { type DevServicesError, isDevServicesError } from 'devservices';
import { reasonOf } from '../engine/engine-failure.ts';
import { imageErrors } from '../image-errors.ts';
import { findPlatforms } from './find-platforms.ts';
import { resolveImageReference } from './image-reference.ts';
import { loadCredentials } from './load-credentials.ts';
import { resolvePullFailure } from './pull-failure.ts';
import { pullOnce } from './pull-once.ts';
import type { PullOptions } from './pull-options.ts';
import { createPullProgress } from './pull-progress.ts';
import type { RegistryCredentials } from './registry-credentials.ts';

/**
 * Pulls one image, with up to three more tries where the network or the registry failed; resolves
 * with the bytes that were fetched.
 */
export async function pullImage(options: PullOptions): Promise<number> {
  const { image, signal, onProgress } = options;
  const beganMs = performance.now();
  const { registry } = resolveImageReference(image);
  const { credentials, trouble, isConfigBroken } = await loadCredentials(registry, options);
  if (isConfigBroken) options.warn?.(`${trouble}: images are pulled without its credentials.`);
  for (let tries = 1; ; tries += 1) {
    const progress = createPullProgress(image);
    try {
      await pullOnce({ ...options, credentials, progress });
      const bytes = progress.fetched();
      onProgress({
        image,
        ...(bytes > 0 ? { current: bytes, total: bytes } : {}),
        status: progress.isUpToDate ? 'up to date' : 'pulled',
        elapsedMs: Math.round(performance.now() - beganMs),
      });
      return bytes;
    } catch (thrown) {
      signal.throwIfAborted();
      if (isDevServicesError(thrown) && thrown.code === 'DS_DOCKER_LOST') throw thrown;
      const reason = reasonOf(thrown);
      const { error, mayPass } = resolvePullFailure({ ...options, trouble }, reason, thrown);
      // What an engine gave up after tries of its own, it would give up again.
      if (!mayPass || progress.wasRetried || tries > 3) {
        onProgress({ image, status: 'not pulled' });
        throw await namePlatforms(error, options, credentials);
      }
      onProgress({ image, status: `trying again: ${reason}` });
      await pause(tries, options);
    }
  }
}

// With jitter, so that many who failed together do not come back together.
function pause(tries: number, { retryAfterMs, signal }: PullOptions): Promise<void> {
  const pauseMs = retryAfterMs * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
  return sleep(pauseMs, undefined, { signal });
}

async function namePlatforms(
  error: DevServicesError,
  options: PullOptions,
  credentials: RegistryCredentials | undefined,
): Promise<DevServicesError> {
  if (error.code !== 'DS_IMAGE_PLATFORM') return error;
  const { platform, reason } = error.facts as { platform: string; reason: string };
  const found = await findPlatforms({ ...options, credentials });
  // Not every engine can look them up, but it may have said which one it got.
  const platforms =
    found.length > 0
      ? found
      : [...reason.matchAll(/actual:? (\S+)/g)].flatMap(([, one = '']) => one);
  const facts = { image: options.image, platform, platforms, reason };
  return imageErrors.create('DS_IMAGE_PLATFORM', facts, error.cause);
}
