import { reasonOf, statusOf } from '../engine/engine-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { describePlatform, fitsPlatform } from './platform.ts';
import type { ImagePlatform } from './platform.ts';
import { resolvePullFailure } from './pull-failure.ts';

/** What an image's name stands for on the engine. */
export type FoundImage =
  | { isHere: true; bytes: number | undefined }
  /** `other`: the platform of what has that name, where it is not the one that is wanted. */
  | { isHere: false; other?: string };

interface Inspected extends ImagePlatform {
  Size?: number;
  /** Of engines that keep one name for several platforms, where they tell. */
  Manifests?: readonly {
    Available?: boolean;
    ImageData?: { Platform?: { os?: string; architecture?: string; variant?: string } };
  }[];
}

/** Looks for an image on the engine; throws DS_IMAGE_NAME_INVALID besides the engine's errors. */
export async function findImage(
  engine: Engine,
  wanted: { image: string; platform?: string | undefined; signal: AbortSignal },
): Promise<FoundImage> {
  const { image, platform, signal } = wanted;
  try {
    const found = (await engine.ask({ doing: `look up the image ${image}`, signal }, (client) =>
      client.getImage(image).inspect(platform === undefined ? {} : { manifests: true }),
    )) as Inspected;
    if (platform === undefined || platformsOf(found).some((one) => fitsPlatform(platform, one))) {
      return { isHere: true, bytes: found.Size };
    }
    return { isHere: false, other: describePlatform(found) };
  } catch (thrown) {
    if (statusOf(thrown) === 404) return { isHere: false };
    const { error } = resolvePullFailure(wanted, reasonOf(thrown), thrown);
    throw error.code === 'DS_IMAGE_NAME_INVALID' ? error : thrown;
  }
}

function platformsOf(found: Inspected): readonly ImagePlatform[] {
  const kept = (found.Manifests ?? [])
    .filter(({ Available }) => Available)
    .flatMap(({ ImageData }) => ImageData?.Platform ?? [])
    .map(({ os = '', architecture = '', variant = '' }) => ({
      Os: os,
      Architecture: architecture,
      Variant: variant,
    }));
  return [found, ...kept];
}
