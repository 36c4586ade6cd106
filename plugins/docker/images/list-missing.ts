import type { MissingImage, Target } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';
import { asContainer } from '../fields/resolved-container.ts';
import { findImage } from './find-image.ts';
import { resolveFullName } from './image-reference.ts';
import type { ImageSizes } from './image-sizes.ts';

/**
 * The images that targets start from and the engine has not, by one list call; a target that wants a
 * platform is looked up by itself, since lists do not tell them.
 */
export async function listMissingImages(
  { engine, sizes }: { engine: Engine; sizes: ImageSizes | undefined },
  targets: readonly Target[],
  signal: AbortSignal,
): Promise<readonly MissingImage[]> {
  const listed = await engine.ask({ doing: 'list images', signal }, (client) =>
    client.listImages({ abortSignal: signal }),
  );
  const here = new Set(
    listed
      .flatMap(({ RepoTags, RepoDigests }) => [...(RepoTags ?? []), ...(RepoDigests ?? [])])
      .flatMap(namesOf),
  );
  const ids = listed.map(({ Id }) => Id.replace(/^sha256:/, ''));
  const missing = targets.map(async ({ service, run }): Promise<readonly MissingImage[]> => {
    const { image, platform } = asContainer(run);
    const isHere = here.has(resolveFullName(image)) || isIdOf(image, ids);
    const bytes = sizes?.of(image);
    const facts = {
      service,
      image,
      ...(bytes === undefined ? {} : { bytes }),
      ...(run['build'] === undefined ? {} : { isBuilt: true }),
    };
    if (!isHere) return [facts];
    if (platform === undefined) return [];
    const found = await findImage(engine, { image, platform, signal });
    if (found.isHere) return [];
    const note = `wanted for ${platform}, here for ${found.other ?? 'another platform'} only`;
    return [{ ...facts, note }];
  });
  return (await Promise.all(missing)).flat();
}

// Podman puts `localhost/` before what was built there, and says it in full.
function namesOf(name: string): readonly string[] {
  const local = /^localhost\/(.+)$/.exec(name)?.[1];
  return local === undefined ? [resolveFullName(name)] : [name, local].map(resolveFullName);
}

function isIdOf(image: string, ids: readonly string[]): boolean {
  const id = image.replace(/^sha256:/, '');
  return /^[0-9a-f]{12,64}$/.test(id) && ids.some((one) => one.startsWith(id));
}
