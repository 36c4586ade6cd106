import { isDevServicesError } from 'devservices';
import type { ImageProgress, PrepareOptions } from 'devservices/runner';
import type { Surroundings } from '../engine/docker-config.ts';
import type { Engine } from '../engine/engine.ts';
import { imageErrors } from '../image-errors.ts';
import { findImage } from './find-image.ts';
import { resolveFullName } from './image-reference.ts';
import type { ImageSizes } from './image-sizes.ts';
import { pullImage } from './pull-image.ts';
import { createSharedWork } from './shared-work.ts';

/**
 * Sees to it that an image is there: with `missing` pulls it where it is not, with `always` asks the
 * registry, and goes on with what is here where that can not be reached. Callers of the same image at
 * the same time share one pull, whoever they are.
 */
export type EnsureImage = (
  wanted: WantedImage,
  options: Pick<PrepareOptions, 'pull' | 'signal' | 'onProgress'>,
) => Promise<void>;

interface WantedImage {
  image: string;
  /** An image of another platform is as good as none. */
  platform?: string | undefined;
}

export interface ImageSurroundings extends Surroundings {
  engine: Engine;
  /** Pause before a failed pull is tried again; it doubles. */
  retryAfterMs: number;
  /** After how long without a sign of the engine that is said. Default a minute. */
  stallMs?: number | undefined;
  /** Remembers what is seen of sizes. */
  sizes?: ImageSizes | undefined;
  /** Says what people should know though it stops nothing. */
  warn?: ((text: string) => void) | undefined;
}

/** Services that want the same image at the same time share one pull; it stops when all of them do. */
export function createEnsureImage(surroundings: ImageSurroundings): EnsureImage {
  const { engine, sizes } = surroundings;
  const warned = new Set<string>();
  const warn = (text: string) => {
    if (!warned.has(text)) surroundings.warn?.(text);
    warned.add(text);
  };
  const pulls = createSharedWork<ImageProgress>();
  return async (wanted, { pull: policy, signal, onProgress }) => {
    const { image, platform } = wanted;
    if (policy !== 'always') {
      const found = await findImage(engine, { ...wanted, signal });
      if (found.isHere) {
        if (found.bytes !== undefined) sizes?.note(image, { held: found.bytes });
        return;
      }
      if (policy === 'never') throw imageErrors.create('DS_IMAGE_MISSING', { image, platform });
    }
    const key = `${resolveFullName(image)} ${platform ?? ''}`;
    await pulls.join(key, { signal, onNews: onProgress }, (shared) => {
      const options = { ...surroundings, warn, image, platform, signal: shared.signal };
      const pulled = pull({ ...options, onProgress: shared.tell });
      return policy === 'always' ? orWhatIsHere(pulled, options) : pulled;
    });
  };

  async function pull(options: Parameters<typeof pullImage>[0]): Promise<void> {
    const fetched = await pullImage(options);
    if (fetched > 0) sizes?.note(options.image, { fetched });
  }
}

// Others can be mended by whoever reads them, and would be missed if the old image just went on.
const passing = ['DS_IMAGE_NO_NETWORK', 'DS_IMAGE_RATE_LIMITED', 'DS_IMAGE_PULL_FAILED'];

async function orWhatIsHere(
  pulled: Promise<void>,
  options: WantedImage & {
    engine: Engine;
    signal: AbortSignal;
    warn: (text: string) => void;
  },
): Promise<void> {
  try {
    await pulled;
  } catch (thrown) {
    if (!isDevServicesError(thrown) || !passing.includes(thrown.code)) throw thrown;
    if (!(await findImage(options.engine, options)).isHere) throw thrown;
    options.warn(`${thrown.message} Going on with the ${options.image} that is here.`);
  }
}
