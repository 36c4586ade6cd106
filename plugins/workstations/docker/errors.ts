import { defineErrors, entry } from 'devservices/machine';

/** Everything that only workstations on an engine can throw. */
export const dockerWorkstationErrors = defineErrors({
  DS_WORKSTATION_IMAGE_UNFIT: entry<{ image: string; missing: string }>({
    blame: 'user',
    title: 'Nobody could log in to a workstation of an image',
    message: ({ image, missing }) =>
      `The image ${image} has no ${missing}, so it makes no workstation. Nothing was made.`,
    hint: () =>
      'Name an image with an sshd in it as `docker.image` of workstations({ … }), or leave that out: one is built then.',
  }),
  DS_WORKSTATION_IMAGE_MISSING: entry<{ image: string; reason: string }>({
    blame: 'environment',
    title: 'The image of a workstation is not to be had',
    message: ({ image, reason }) =>
      `The image ${image}, which workstations are made from, could not be pulled: ${reason}`,
    hint: ({ image }) =>
      `Correct \`docker.image\` of workstations({ … }), or see it again by \`docker pull ${image}\`.`,
  }),
  DS_WORKSTATION_IMAGE_BUILD: entry<{ base: string; reason: string; lines: readonly string[] }>({
    blame: 'environment',
    title: 'The image of workstations could not be built',
    message: ({ base, reason, lines }) =>
      [`The image of workstations could not be built from ${base}: ${reason}`]
        .concat(lines.map((line) => `  ${line}`))
        .join('\n'),
    hint: () =>
      'In a closed network, set `docker.build.base` and `docker.build.network` of workstations({ … }), or `docker.image` to an image that has sshd.',
  }),
  DS_WORKSTATION_NAME_TAKEN: entry<{ kind: 'container' | 'volume'; name: string; owner: string }>({
    blame: 'environment',
    title: 'The name of a workstation belongs to something else',
    message: ({ kind, name, owner }) =>
      `There is a ${kind} ${name} that is no workstation of this checkout (${owner}); it was left alone.`,
    hint: ({ kind, name }) =>
      `Choose another name, or, where nobody needs it, remove it: \`docker ${kind === 'volume' ? 'volume ' : ''}rm ${name}\`.`,
  }),
  DS_WORKSTATION_MOUNT_ELSEWHERE: entry<{ root: string; engine: string }>({
    blame: 'user',
    title: 'A repo cannot be mounted on another machine',
    message: ({ root, engine }) =>
      `${root} is on this machine, and the engine ${engine} is on another: nothing of here can be mounted there. Nothing was made.`,
    hint: () => "Set `docker.repo` of workstations({ … }) to 'clone' or 'none', or leave it out.",
  }),
  DS_WORKSTATION_NO_ORIGIN: entry<{ root: string; reason: string }>({
    blame: 'user',
    title: 'A repo cannot be cloned, as nothing says from where',
    message: ({ root, reason }) =>
      `The repo ${root} has no remote "origin" that a workstation could clone it from (${reason}). Nothing was made.`,
    hint: () =>
      "Add it by `git remote add origin URL`, or set `docker.repo` of workstations({ … }) to 'none'.",
  }),
  DS_WORKSTATION_EXITED: entry<{
    name: string;
    container: string;
    exitCode: number;
    lines: readonly string[];
  }>({
    blame: 'outcome',
    title: 'A workstation ended as soon as it was started',
    message: ({ name, exitCode, lines }) =>
      [`The workstation ${name} ended with exit status ${exitCode} as soon as it was started.`]
        .concat(lines.map((line) => `  ${line}`))
        .join('\n'),
    hint: ({ name, container }) =>
      `\`docker logs ${container}\` shows all of it; \`devservices workstations delete ${name}\` removes it.`,
  }),
  DS_WORKSTATION_ENGINE_FAILED: entry<{ doing: string; reason: string }>({
    blame: 'environment',
    title: 'The engine could not do what a workstation needs',
    message: ({ doing, reason }) => `The Docker engine could not ${doing}: ${reason}`,
    hint: () => 'Run `devservices doctor`, then try again.',
  }),
});
