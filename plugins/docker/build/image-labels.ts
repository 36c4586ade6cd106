import type { ImageBuild } from './resolved-build.ts';

/**
 * What an image that was built here remembers, as `project/checkout/service/hash`. One label, as Podman
 * writes several in any order and makes another image each time. Not the labels of containers: a
 * container takes its image's over, and whoever starts one of this image by hand keeps it for himself.
 */
export const imageLabel = 'dev.devservices.image';

type Labels = Readonly<Record<string, string>> | null | undefined;

export function labelsOf({ project, service, hash }: ImageBuild): Record<string, string> {
  return { [imageLabel]: [project.project, project.checkout, service, hash].join('/') };
}

/** Whether an image is what this build would make, but for what the context holds. */
export function isCurrent(found: Labels, { project, hash }: ImageBuild): boolean {
  const memory = read(found);
  return memory?.checkout === project.checkout && memory.hash === hash;
}

/**
 * Whose an image is that the build would take the name from, in words; undefined where it may. One of
 * an earlier checkout of the project (`reset` makes a new one) is no more than its own cache.
 */
export function ownerOf(found: Labels, { project }: ImageBuild): string | undefined {
  const owner = read(found)?.project;
  if (owner === undefined) return 'it was not built by devservices';
  return owner === project.project ? undefined : `it belongs to the project ${owner}`;
}

function read(found: Labels) {
  const [project, checkout, , hash] = found?.[imageLabel]?.split('/') ?? [];
  return hash === undefined ? undefined : { project, checkout, hash };
}
