import { defineErrors, entry } from 'devservices';

interface ImageProblem {
  image: string;
  reason: string;
}

interface WithAccess {
  registry: string;
  /** Why there were no credentials to go with it; says none. */
  trouble?: string | undefined;
}

const loginCommand = (registry: string): string =>
  registry === 'docker.io' ? 'docker login' : `docker login ${registry}`;

const howToLogIn = ({ registry, trouble }: WithAccess): string =>
  trouble === undefined
    ? `Run \`${loginCommand(registry)}\`.`
    : `It was asked without credentials, as ${trouble}. Mend that, or run \`${loginCommand(registry)}\`.`;

/** Why an image can not be had, told apart by what to do about it. */
export const imageErrors = defineErrors({
  DS_IMAGE_NAME_INVALID: entry<ImageProblem>({
    blame: 'user',
    title: 'The name of an image is malformed',
    message: ({ image, reason }) => `${image} is not the name of an image: ${reason}.`,
    hint: () => 'Write it as [registry/]name[:tag], in lower case: postgres:17-alpine.',
  }),
  DS_IMAGE_MISSING: entry<{ image: string; platform?: string | undefined }>({
    blame: 'environment',
    title: 'An image is not on this machine, and must not be pulled',
    message: ({ image, platform }) =>
      `The image ${image}${platform === undefined ? '' : ` for ${platform}`} is not on this machine, ` +
      'and pulling is switched off.',
    hint: ({ image }) => `Run it without --pull never or --offline, or \`docker pull ${image}\`.`,
  }),
  DS_IMAGE_NOT_FOUND: entry<ImageProblem & WithAccess>({
    blame: 'environment',
    title: 'An image does not exist',
    message: ({ image, reason }) =>
      `The image ${image} does not exist, or is not shown to strangers: ${reason}`,
    hint: (facts) => `Check name and tag; a private image needs a login. ${howToLogIn(facts)}`,
  }),
  DS_IMAGE_UNAUTHORISED: entry<ImageProblem & WithAccess>({
    blame: 'environment',
    title: 'A registry refuses the credentials',
    message: ({ image, registry, reason }) =>
      `${registry} does not let us pull ${image}: ${reason}`,
    hint: howToLogIn,
  }),
  DS_IMAGE_PLATFORM: entry<ImageProblem & { platform: string; platforms: readonly string[] }>({
    blame: 'environment',
    title: 'An image does not exist for the platform that is wanted',
    message: ({ image, platform, platforms, reason }) =>
      `${image} is not there for ${platform}${platforms.length > 0 ? `, but for ${platforms.join(', ')}` : ''}: ${reason}`,
    hint: ({ platforms: [first] }) =>
      `Set the \`platform\` of its run to one that there is${first === undefined ? '' : ` (${first})`}: engines emulate ` +
      'others where they can. Or take another tag.',
  }),
  DS_IMAGE_RATE_LIMITED: entry<ImageProblem & { registry: string }>({
    blame: 'environment',
    title: 'A registry has had too many pulls from here',
    message: ({ image, registry, reason }) =>
      `${registry} lets nobody here pull ${image} for now: ${reason}`,
    hint: ({ registry }) =>
      `Log in with \`${loginCommand(registry)}\`, since known users may pull more, or wait.`,
  }),
  DS_IMAGE_NO_NETWORK: entry<ImageProblem & { registry: string }>({
    blame: 'environment',
    title: 'A registry can not be reached',
    message: ({ image, registry, reason }) =>
      `${image} can not be pulled, as ${registry} can not be reached: ${reason}`,
    hint: () =>
      'Check the network, VPN and proxy of the Docker engine. Images that are there need no network.',
  }),
  DS_IMAGE_NO_SPACE: entry<ImageProblem>({
    blame: 'environment',
    title: 'There is no disk space for an image',
    message: ({ image, reason }) => `There is no room on the engine’s disk for ${image}: ${reason}`,
    hint: () => 'Make room: `docker image prune`, or `docker system df` to see what takes it.',
  }),
  DS_IMAGE_PULL_FAILED: entry<ImageProblem>({
    blame: 'environment',
    title: 'An image could not be pulled',
    message: ({ image, reason }) => `${image} could not be pulled: ${reason}`,
    hint: ({ image }) => `Try \`docker pull ${image}\`: it asks the same engine.`,
  }),
});
