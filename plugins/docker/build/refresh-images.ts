import { isDevServicesError } from 'devservices';
import type { ImageProgress, RefreshOptions, Target } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import type { EnsureImage } from '../images/ensure-image.ts';
import { resolveImageReference } from '../images/image-reference.ts';
import { findImageId } from '../runner/find-drift.ts';
import { asContainer } from '../fields/resolved-container.ts';
import type { ImageBuilder } from './image-builder.ts';
import { imageBuildOf, type ImageBuild } from './resolved-build.ts';

export interface RefreshParts {
  engine: Engine;
  ensureImage: EnsureImage;
  imageBuilder: ImageBuilder;
}

/**
 * Builds what is built and, for `update`, asks the registries for what is newer, all at the same
 * time. A registry that can not be asked, or does not know the image, is said where the image is here.
 * Throws what failed.
 */
export async function refreshImages(
  parts: RefreshParts,
  targets: readonly Target[],
  options: RefreshOptions,
): Promise<void> {
  const builds = targets.map(imageBuildOf).filter((build) => build !== undefined);
  const pulled = new Map(
    targets
      .filter((target) => options.update && !imageBuildOf(target))
      .map(({ run }) => asContainer(run))
      // A digest means the same image for ever.
      .filter(({ image }) => !image.includes('@'))
      .map(({ image, platform }) => [`${image} ${platform ?? ''}`, { image, platform }]),
  );
  if (options.isDry) {
    for (const build of builds) options.log.info(whatWouldBeBuilt(build, options.update));
    for (const { image } of pulled.values()) options.log.info(whatWouldBeAsked(image));
    return;
  }
  const work = [
    ...builds.map((build) => rebuild(parts, build, options)),
    ...[...pulled.values()].map((wanted) => pullNewer(parts, wanted, options)),
  ];
  const failed = (await Promise.allSettled(work))
    .filter((result) => result.status === 'rejected')
    .map(({ reason }) => reason as unknown);
  options.signal.throwIfAborted();
  if (failed.length > 1) throw new AggregateError(failed, `${failed.length} images failed`);
  if (failed.length === 1) throw failed[0];
}

function whatWouldBeBuilt({ image, service, build }: ImageBuild, update: boolean): string {
  const bases = update ? ', with newer base images' : '';
  return `Would build ${image} for ${service} from ${build.context}${bases}.`;
}

function whatWouldBeAsked(image: string): string {
  return `Would ask ${resolveImageReference(image).registry} for a newer ${image}.`;
}

// As builders word a base image that they could not ask a registry for.
const unasked =
  /resolve source metadata|load metadata|pull access denied|failed to (?:authorize|do request)|dial tcp|no such host|i\/o timeout|connection re(?:fused|set)|manifest unknown|client\.timeout/i;

async function rebuild(
  { imageBuilder }: RefreshParts,
  build: ImageBuild,
  { update, signal, onProgress, log }: RefreshOptions,
): Promise<void> {
  const options = { signal, onProgress };
  try {
    await imageBuilder.rebuild(build, { ...options, pull: update });
  } catch (thrown) {
    const reason = update && reasonOfFailedBuild(thrown);
    if (!reason || !unasked.test(reason)) throw thrown;
    log.warn(`${build.image} is built from the base images that are here: ${reason}`);
    await imageBuilder.rebuild(build, { ...options, pull: false });
  }
}

function reasonOfFailedBuild(thrown: unknown): string | undefined {
  if (!isDevServicesError(thrown) || thrown.code !== 'DS_BUILD_FAILED') return undefined;
  return String(thrown.facts['reason']);
}

async function pullNewer(
  { engine, ensureImage }: RefreshParts,
  wanted: { image: string; platform?: string | undefined },
  {
    signal,
    onProgress,
    log,
  }: Pick<RefreshOptions, 'signal' | 'log'> & { onProgress(progress: ImageProgress): void },
): Promise<void> {
  try {
    await ensureImage(wanted, { pull: 'always', signal, onProgress });
  } catch (thrown) {
    // What was only ever made here, no registry knows.
    if (!isDevServicesError(thrown) || thrown.code !== 'DS_IMAGE_NOT_FOUND') throw thrown;
    const isHere = (await findImageId(engine, wanted.image, signal)) !== undefined;
    if (!isHere) throw thrown;
    log.warn(`${wanted.image} stays as it is here: ${thrown.message}`);
  }
}
