import type { ImageProgress } from 'devservices/runner';
import { unless } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { createSharedWork } from '../images/shared-work.ts';
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

/**
 * Each image is built by a call of its own, all of them at the same time: the engine's builder shares
 * what they have in common, and a service starts as soon as its own image is there.
 */
export function createImageBuilder(setting: {
  engine: Engine;
  env: Readonly<Record<string, string | undefined>>;
}): ImageBuilder {
  const { engine, env } = setting;
  const builds = createSharedWork<ImageProgress>();
  const makers = new Map<string, ImageBuild>();
  let search: Promise<BuilderSearch> | undefined;

  const builderFor = async ({ service }: ImageBuild, signal: AbortSignal): Promise<Builder> => {
    search ??= findBuilder(env);
    const [found, isPodman] = await Promise.all([search, engine.isPodman(signal)]);
    if (!('problem' in found)) {
      // Its API has the older way to build only.
      return isPodman ? { ...found, kind: 'classic', name: `${found.name}, on Podman` } : found;
    }
    search = undefined;
    throw buildErrors.create('DS_BUILD_NO_CLI', { service, problem: found.problem });
  };

  const build = async (image: ImageBuild, options: BuildOptions): Promise<void> => {
    await assertFree(engine, image, options.signal);
    const builder = await builderFor(image, options.signal);
    await buildImage({ engine, env, builder }, image, options);
  };

  const rebuild: ImageBuilder['rebuild'] = async (image, { pull, signal, onProgress }) => {
    signal.throwIfAborted();
    assertAlike(image);
    let begun = Promise.resolve();
    try {
      const key = `${image.image} ${String(pull)}`;
      await builds.join(key, { signal, onNews: onProgress }, (shared) => {
        begun = build(image, { pull, signal: shared.signal, onProgress: shared.tell });
        return begun;
      });
    } finally {
      // An interrupted task leaves no process behind.
      await begun.catch(() => {});
    }
  };

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
