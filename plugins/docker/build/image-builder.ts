import type { ImageProgress } from 'devservices/runner';
import { unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { containerName } from '../runner/owned-names.ts';
import { buildErrors } from './build-errors.ts';
import { buildImage, type BuildOptions } from './build-image.ts';
import { findBuilder, type Builder, type BuilderSearch } from './find-builder.ts';
import { isCurrent, ownerOf } from './image-labels.ts';
import type { ImageBuild } from './resolved-build.ts';

/** Builds images for one engine; the command line is looked for when the first one is due. */
export interface ImageBuilder {
  /** Builds what is not there, or was built from other fields; else asks nobody but the engine. */
  ensure(image: ImageBuild, options: Omit<BuildOptions, 'pull'>): Promise<void>;
  /** Asks the builder, whose cache knows what changed in the context. */
  rebuild(image: ImageBuild, options: BuildOptions): Promise<void>;
}

interface SharedBuild {
  done: Promise<void>;
  stop: AbortController;
  listeners: Set<(progress: ImageProgress) => void>;
}

/**
 * Each image is built by a call of its own, all of them at the same time: the engine's builder shares
 * what they have in common, and a service starts as soon as its own image is there.
 */
export function createImageBuilder(setting: {
  engine: Engine;
  env: Readonly<Record<string, string | undefined>>;
}): ImageBuilder {
  const { engine, env } = setting;
  const running = new Map<string, SharedBuild>();
  const makers = new Map<string, ImageBuild>();
  let search: Promise<BuilderSearch> | undefined;

  const builderFor = async ({ service }: ImageBuild): Promise<Builder> => {
    search ??= findBuilder(env);
    const found = await search;
    if (!('problem' in found)) return found;
    search = undefined;
    throw buildErrors.create('DS_BUILD_NO_CLI', { service, problem: found.problem });
  };

  const rebuild: ImageBuilder['rebuild'] = async (image, { pull, signal, onProgress }) => {
    signal.throwIfAborted();
    assertAlike(image);
    const key = `${image.image} ${String(pull)}`;
    const shared = running.get(key) ?? start(key, image, pull);
    // A function of its own for each caller: two may pass the same one.
    const listener = (progress: ImageProgress) => onProgress(progress);
    shared.listeners.add(listener);
    const leave = () => {
      shared.listeners.delete(listener);
      if (shared.listeners.size > 0) return;
      if (running.get(key) === shared) running.delete(key);
      shared.stop.abort(signal.reason);
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      // Until the builder has ended: an interrupted task leaves no process.
      await shared.done;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };

  function start(key: string, image: ImageBuild, pull: boolean): SharedBuild {
    const stop = new AbortController();
    const listeners: SharedBuild['listeners'] = new Set();
    const build = async () => {
      await assertFree(engine, image, stop.signal);
      const builder = await builderFor(image);
      await buildImage({ engine, env, builder }, image, {
        pull,
        signal: stop.signal,
        onProgress: (progress) => listeners.forEach((listener) => listener(progress)),
      });
    };
    const shared = { done: build(), stop, listeners };
    running.set(key, shared);
    const forget = () => {
      if (running.get(key) === shared) running.delete(key);
    };
    shared.done.then(forget, forget);
    return shared;
  }

  // Built in turns, they would take the name from each other at every `up`.
  function assertAlike(image: ImageBuild): void {
    const other = makers.get(image.image) ?? image;
    makers.set(image.image, other);
    if (other.hash === image.hash || other.service === image.service) return;
    const services: [string, string] = [other.service, image.service];
    throw buildErrors.create('DS_BUILD_IMAGE_SHARED', { image: image.image, services });
  }

  return {
    async ensure(image, options) {
      assertAlike(image);
      const found = await labelsOn(engine, image, options.signal);
      if (found !== undefined && isCurrent(found, image)) return;
      await rebuild(image, { ...options, pull: false });
    },
    rebuild,
  };
}

async function assertFree(engine: Engine, image: ImageBuild, signal: AbortSignal): Promise<void> {
  // A name that the user gave is theirs to overwrite.
  if (image.image !== containerName(image.project, image.service)) return;
  const found = await labelsOn(engine, image, signal);
  const owner = found === undefined ? undefined : ownerOf(found, image);
  if (owner === undefined) return;
  const facts = { service: image.service, image: image.image, owner };
  throw buildErrors.create('DS_BUILD_IMAGE_TAKEN', facts);
}

/** The labels of the image of that name; undefined where there is none. */
async function labelsOn(
  engine: Engine,
  { image }: ImageBuild,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  const asked = { doing: `look up the image ${image}`, signal };
  const found = await engine
    .ask(asked, (client) => client.getImage(image).inspect())
    .catch(unless([404], undefined));
  return found && (found.Config.Labels ?? {});
}
