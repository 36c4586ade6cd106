import { defineErrors, entry } from 'devservices';

interface OfService {
  service: string;
}

/** Why an image could not be built; what the engine says of images is in `imageErrors`. */
export const buildErrors = defineErrors({
  DS_BUILD_FAILED: entry<OfService & { image: string; reason: string; logs: readonly string[] }>({
    blame: 'outcome',
    title: 'An image could not be built',
    message: ({ service, image, reason }) =>
      `The image ${image} of ${service} could not be built: ${reason}`,
    hint: ({ service }) =>
      `The builder’s last lines say why; correct the Dockerfile, or services.${service}.run.build.`,
  }),
  DS_BUILD_NO_CLI: entry<OfService & { problem: string }>({
    blame: 'environment',
    title: 'Images are built by the docker command line, which is not there',
    message: ({ service, problem }) =>
      `The image of ${service} has to be built, which the docker command line does: ${problem}.`,
    hint: () =>
      'Install it with its builder (https://docs.docker.com/engine/install; Debian: docker-cli and docker-buildx); no engine has to come along.',
  }),
  DS_BUILD_NEEDS_BUILDX: entry<OfService & { field: string; found: string }>({
    blame: 'environment',
    title: 'A field of a build needs a builder that is not there',
    message: ({ service, field, found }) =>
      `build.${field} of ${service} needs buildx and an engine with BuildKit; here there is ${found}.`,
    hint: ({ field }) =>
      `Leave ${field} out, or install docker’s buildx plugin (docker-buildx-plugin; docker-buildx on Debian).`,
  }),
  DS_BUILD_CONTEXT_MISSING: entry<OfService & { context: string }>({
    blame: 'user',
    title: 'The folder to build in is not there',
    message: ({ service, context }) => `${service} is built in ${context}, which is no folder.`,
    hint: ({ service }) =>
      `Correct services.${service}.run.build.context: it is relative to the configuration.`,
  }),
  DS_BUILD_DOCKERFILE_MISSING: entry<OfService & { dockerfile: string }>({
    blame: 'user',
    title: 'The Dockerfile of a build is not there',
    message: ({ service, dockerfile }) =>
      `${service} is built by ${dockerfile}, which is no file that can be read.`,
    hint: ({ service }) =>
      `Correct services.${service}.run.build.dockerfile: it is relative to the context.`,
  }),
  DS_BUILD_TARGET_UNKNOWN: entry<OfService & { target: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A Dockerfile has no such stage',
    message: ({ service, target, known }) =>
      `The Dockerfile of ${service} has no stage ${target}. ${known.length === 0 ? 'None has a name.' : `There are: ${known.join(', ')}.`}`,
    hint: ({ service }) =>
      `Correct services.${service}.run.build.target, or name the stage: FROM … AS name.`,
  }),
  DS_BUILD_SECRET_MISSING: entry<OfService & { id: string; source: string }>({
    blame: 'user',
    title: 'A secret of a build is not there',
    message: ({ service, id, source }) =>
      `The build of ${service} needs the secret ${id} from ${source}, which is not there.`,
    hint: ({ source }) => `Provide ${source}, then run it again.`,
  }),
  DS_BUILD_IMAGE_TAKEN: entry<OfService & { image: string; owner: string }>({
    blame: 'environment',
    title: 'The name of an image that is to be built belongs to somebody else',
    message: ({ service, image, owner }) =>
      `${service} would be built as ${image}, and there is such an image (${owner}); it was left alone.`,
    hint: ({ service, image }) =>
      `Remove it (\`docker image rm ${image}\`), or set services.${service}.run.image: that name is yours to give.`,
  }),
  DS_BUILD_IMAGE_SHARED: entry<{ image: string; services: readonly [string, string] }>({
    blame: 'user',
    title: 'Two services build different images of the same name',
    message: ({ image, services: [one, other] }) =>
      `${one} and ${other} both build ${image}, and each in another way.`,
    hint: () => 'Give each its own image name, or build them alike.',
  }),
});
