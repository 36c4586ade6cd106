import type { ImageBuild } from './resolved-build.ts';

/**
 * The labels of an image that was built here. Not those of containers: a container takes its image's
 * labels over, and whoever starts one of this image by hand keeps it for himself.
 */
export const imageLabels = {
  project: 'dev.devservices.image.project',
  checkout: 'dev.devservices.image.checkout',
  service: 'dev.devservices.image.service',
  build: 'dev.devservices.image.build',
} as const;

export function labelsOf({ project, service, hash }: ImageBuild): Record<string, string> {
  return {
    [imageLabels.project]: project.project,
    [imageLabels.checkout]: project.checkout,
    [imageLabels.service]: service,
    [imageLabels.build]: hash,
  };
}

/** Whether an image is what this build would make, but for what the context holds. */
export function isCurrent(found: FoundLabels, { project, hash }: ImageBuild): boolean {
  return found?.[imageLabels.checkout] === project.checkout && found[imageLabels.build] === hash;
}

/**
 * Whose an image is that the build would take the name from, in words; undefined where it may. One of
 * an earlier checkout of the project (`reset` makes a new one) is no more than its own cache.
 */
export function ownerOf(found: FoundLabels, { project }: ImageBuild): string | undefined {
  const owner = found?.[imageLabels.project];
  if (owner === undefined) return 'it was not built by devservices';
  return owner === project.project ? undefined : `it belongs to the project ${owner}`;
}

type FoundLabels = Readonly<Record<string, string>> | null | undefined;
