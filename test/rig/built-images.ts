import type Docker from 'dockerode';

/** Removes the images that were built for a project, those included that lost their name. */
export async function removeBuiltImages(docker: Docker, project: string): Promise<void> {
  const label = 'dev.devservices.image';
  const images = await docker.listImages({ all: true, filters: { label: [label] } });
  const own = images.filter(({ Labels }) => Labels?.[label]?.startsWith(`${project}/`));
  // One that another is made from goes with it, and is then not there any more.
  for (const { Id } of own) await removeImage(docker, Id);
}

/** Removes an image, if it is there. */
export async function removeImage(docker: Docker, image: string): Promise<void> {
  await docker
    .getImage(image)
    .remove({ force: true })
    .catch((thrown: { statusCode?: number }) => {
      if (thrown.statusCode !== 404 && thrown.statusCode !== 409) throw thrown;
    });
}
