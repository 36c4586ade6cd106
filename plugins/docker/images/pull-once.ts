import type { Readable } from 'node:stream';
import { toEngineError } from '../engine/engine-failure.ts';
import { readJsonLines } from '../engine/read-json-lines.ts';
import { findImage } from './find-image.ts';
import { resolveImageReference } from './image-reference.ts';
import type { PullOptions } from './pull-options.ts';
import type { PullLine, PullProgress } from './pull-progress.ts';
import type { RegistryCredentials } from './registry-credentials.ts';
import { watchStall } from './stall-watch.ts';

export interface PullTry extends PullOptions {
  credentials: RegistryCredentials | undefined;
  progress: PullProgress;
}

/** Asks the engine once. Rejects with its words, for `resolvePullFailure`, or with an error of ours. */
export async function pullOnce(options: PullTry): Promise<void> {
  const { progress, signal, onProgress, stallMs = 60_000 } = options;
  const stall = watchStall(stallMs, (quietMs) => {
    const status = `no progress for ${Math.round(quietMs / 1000)} s`;
    onProgress({ ...progress.current(), status });
  });
  try {
    for await (const line of readLines(options)) {
      stall.moved();
      const refusal = line.error ?? line.errorDetail?.message;
      if (refusal !== undefined) throw new PullRefused(refusal);
      const news = progress.add(line);
      if (news) onProgress(news);
    }
  } finally {
    stall.stop();
  }
  signal.throwIfAborted();
  if (options.platform !== undefined) await assertPlatform(options, options.platform);
}

// An engine takes a registry's only image for one of any platform.
async function assertPlatform({ engine, image, signal }: PullTry, platform: string): Promise<void> {
  const found = await findImage(engine, { image, platform, signal });
  if (found.isHere || found.other === undefined) return;
  // One that keeps several under one name shows its own, whatever else it has.
  const { DriverStatus: kept } = await engine.ask(
    { doing: 'tell how it keeps images', signal },
    (client) => client.info() as Promise<{ DriverStatus?: unknown }>,
  );
  if (JSON.stringify(kept ?? '').includes('io.containerd.snapshotter')) return;
  throw new PullRefused(
    `it does not match the specified platform: wanted ${platform}, actual ${found.other}`,
  );
}

async function* readLines(options: PullTry): AsyncGenerator<PullLine> {
  const { engine, image, platform, credentials, signal } = options;
  const { name, tag } = resolveImageReference(image);
  const doing = `pull ${image}`;
  const stream = await engine.ask({ doing, signal }, (client) =>
    client.createImage({
      fromImage: name,
      tag,
      ...(platform === undefined ? {} : { platform }),
      ...(credentials ? { authconfig: credentials } : {}),
      abortSignal: signal,
    }),
  );
  try {
    yield* readJsonLines(stream as Readable) as AsyncGenerator<PullLine>;
  } catch (thrown) {
    throw toEngineError(thrown, { doing, address: engine.url, signal });
  }
}

/** Carries the engine's words to where they are told apart; never leaves this folder. */
class PullRefused extends Error {}
