import { defineErrors, entry } from 'devservices';

/** One way that led to no engine, and why. */
export interface EngineAttempt {
  way: string;
  reason: string;
}

/** A file or folder that a container mounts by its path. */
export interface MountedPath {
  service: string;
  /** Where the configuration says so: `volumes`, `secrets.key`. */
  field: string;
  path: string;
}

/** A process of this machine that a container has to reach. */
export interface NeededProcess {
  service: string;
  process: string;
}

/** Everything that plugins/docker can throw about the engine itself; images have their own. */
export const dockerErrors = defineErrors({
  DS_DOCKER_UNREACHABLE: entry<{ tried: readonly EngineAttempt[]; isWsl?: boolean }>({
    blame: 'environment',
    title: 'No Docker engine answers',
    message: ({ tried }) =>
      ['No Docker engine answers.']
        .concat(tried.map(({ way, reason }) => `  ${way}: ${reason}`))
        .join('\n'),
    hint: ({ isWsl = false }) =>
      isWsl
        ? 'Start Docker Desktop in Windows with its WSL integration for this distribution, or Docker in here.'
        : 'Start Docker (or Colima, OrbStack, Podman), or name a running engine with --engine unix:///path/to/docker.sock; `devservices doctor` looks at all of it.',
  }),
  DS_DOCKER_ADDRESS_UNSUPPORTED: entry<{ way: string; scheme: string; instead: string }>({
    blame: 'environment',
    title: 'Engine addresses of this kind are not supported yet',
    message: ({ way, scheme }) =>
      `${way} names an engine by ${scheme}://, which devservices can not use yet.`,
    hint: ({ instead }) => instead,
  }),
  DS_DOCKER_TOO_OLD: entry<{ way: string; version: string; minimum: string }>({
    blame: 'environment',
    title: 'The Docker engine is too old',
    message: ({ way, version, minimum }) =>
      `The engine of ${way} speaks API ${version}; devservices needs ${minimum} or newer.`,
    hint: () => 'Update Docker to Engine 20.10 or newer.',
  }),
  DS_DOCKER_WORKSTATION_CONTAINED: entry<{ name: string }>({
    blame: 'user',
    title: 'A workstation that is a container has no engine',
    message: ({ name }) =>
      `The workstation ${name} is named as the engine, and is a container of the provider docker: it has none inside.`,
    hint: () =>
      'Leave the engine out to use the one that the workstation is on, or name a workstation of Google Cloud.',
  }),
  DS_DOCKER_ELSEWHERE: entry<{
    host: string;
    mounts: readonly MountedPath[];
    processes: readonly NeededProcess[];
  }>({
    blame: 'user',
    title: 'What services need of this machine is not where the engine is',
    message: ({ host, mounts, processes }) =>
      [`The engine is on ${host}, where this is not to be had:`]
        .concat(mounts.map(({ service, field, path }) => `  ${service}: ${path} (${field})`))
        .concat(
          processes.map((one) => `  ${one.service}: the process ${one.process} of this machine`),
        )
        .join('\n'),
    hint: ({ host, mounts }) =>
      mounts.length > 0
        ? `Use a named volume or \`build\`, give secrets and configs a \`mode\` (they are then put into the container), or clone the repo on ${host} at the same path.`
        : 'Run the process in a container as well, or take an engine of this machine.',
  }),
  DS_DOCKER_LOST: entry<{ address: string; reason: string }>({
    blame: 'environment',
    title: 'The connection to the Docker engine broke',
    message: ({ address, reason }) => `The Docker engine at ${address} went away: ${reason}.`,
    hint: () => 'See whether Docker still runs, then run the command again.',
  }),
  DS_DOCKER_REQUEST_FAILED: entry<{ doing: string; reason: string }>({
    blame: 'environment',
    title: 'The Docker engine could not do something',
    message: ({ doing, reason }) => `The Docker engine could not ${doing}: ${reason}`,
    hint: () => 'The engine’s own log says more: `journalctl -u docker`, or Docker Desktop’s logs.',
  }),
  DS_DOCKER_RUN_REFUSED: entry<{ service: string; reason: string }>({
    blame: 'user',
    title: 'The Docker engine refuses the service’s fields',
    message: ({ service, reason }) =>
      `The Docker engine refuses the container of ${service} as it is configured: ${reason}`,
    hint: ({ service }) => `Correct the fields of services.${service}.run.`,
  }),
  DS_DOCKER_FIELD_INVALID: entry<{ service: string; field: string; problem: string }>({
    blame: 'user',
    title: 'A field of a container can not be used',
    message: ({ service, field, problem }) => `${field} of the service ${service} ${problem}.`,
    hint: ({ service, field }) => `Correct ${field} of services.${service}.run.`,
  }),
  DS_DOCKER_FIELD_UNSUPPORTED: entry<{
    service: string;
    field: string;
    needs: string;
    version: string;
  }>({
    blame: 'environment',
    title: 'The Docker engine is too old for a field of a service',
    message: ({ service, field, needs, version }) =>
      `${field} of the service ${service} needs ${needs}; this engine speaks API ${version}.`,
    hint: ({ service, field }) =>
      `Update Docker, or leave out ${field} of services.${service}.run.`,
  }),
  DS_DOCKER_NETWORK_MISSING: entry<{ service: string; network: string }>({
    blame: 'environment',
    title: 'A network that a service names is not there',
    message: ({ service, network }) =>
      `${service} is to be on the network ${network}, which the Docker engine does not have.`,
    hint: ({ service, network }) =>
      `Make it with \`docker network create ${network}\`, or leave it out of the networks of services.${service}.run.`,
  }),
  DS_DOCKER_NETWORK_GONE: entry<{ service: string; network: string }>({
    blame: 'environment',
    title: "The project's network was removed by somebody else",
    message: ({ service, network }) =>
      `${service} could not start: the network ${network} was removed from outside meanwhile.`,
    hint: () => 'Run `devservices up` again: it makes the network anew, and whoever runs joins it.',
  }),
  DS_DOCKER_NAME_TAKEN: entry<{
    kind: 'container' | 'network' | 'volume';
    name: string;
    owner: string;
  }>({
    blame: 'environment',
    title: 'A name that devservices needs belongs to somebody else',
    message: ({ kind, name, owner }) =>
      `There is a ${kind} ${name} that is not of this checkout (${owner}); it was left alone.`,
    hint: ({ kind, name }) =>
      `Rename or remove it (\`docker ${kind} rm ${name}\`), or give this project another name with --project.`,
  }),
  DS_DOCKER_PORT_TAKEN: entry<{
    service: string;
    port: number | undefined;
    owner: string | undefined;
    /** Of the engine, where that is another one. */
    machine?: string | undefined;
  }>({
    blame: 'environment',
    title: 'A port of the engine’s machine is taken',
    message: ({ service, port, owner, machine = 'this machine' }) =>
      `${service} could not start: ${port === undefined ? 'one of its ports' : `port ${port} of ${machine}`} is ` +
      `taken${owner === undefined ? '' : ` by the container ${owner}`}.`,
    hint: ({ service }) =>
      `Stop what holds it, or change services.${service}.ports (\`host: 'auto'\` takes a free one).`,
  }),
  DS_DOCKER_FORWARD_FAILED: entry<{ host: string; reason: string }>({
    blame: 'environment',
    title: 'Ports of the engine’s machine cannot be had on this one',
    message: ({ host, reason }) =>
      `The ports of ${host} cannot be forwarded to this machine: ${reason}.`,
    hint: ({ host }) =>
      `See whether \`ssh ${host} true\` works, and whether its sshd lets you forward ports (AllowTcpForwarding, PermitOpen).`,
  }),
  DS_DOCKER_COMMAND_REFUSED: entry<{
    service: string;
    command: string;
    reason: string;
    shellStatus?: 126 | 127;
  }>({
    blame: 'user',
    title: 'A command cannot be run inside a container',
    message: ({ service, command, reason, shellStatus }) =>
      shellStatus === 127
        ? `There is no command "${command}" inside ${service}.`
        : `"${command}" cannot be run inside ${service}: ${reason}`,
    hint: ({ service, shellStatus }) =>
      shellStatus === 127
        ? `Check its spelling, and that the image of ${service} has it.`
        : 'Check the command, and --user and --workdir where they are given.',
  }),
  DS_DOCKER_COMMAND_DEAF: entry<{ service: string; command: string; signal: string }>({
    blame: 'environment',
    title: 'A signal cannot be passed on to a command inside a container',
    message: ({ service, command, signal }) =>
      `${signal} could not be passed on to "${command}" inside ${service}, which may still run: ` +
      'the image has no sh and grep to find it with, or it hides its environment.',
    hint: ({ service }) => `\`devservices restart ${service}\` ends everything inside it.`,
  }),
  DS_DOCKER_START_FAILED: entry<{ service: string; reason: string }>({
    blame: 'outcome',
    title: 'A container could not be started',
    message: ({ service, reason }) => `The container of ${service} could not be started: ${reason}`,
    hint: ({ service }) =>
      `See whether image, command and volumes of services.${service}.run fit together.`,
  }),
  DS_DOCKER_NO_SUBNET: entry<{ network: string }>({
    blame: 'environment',
    title: 'The Docker engine has no addresses left for a network',
    message: ({ network }) =>
      `The network ${network} could not be made: all address ranges of the engine are in use.`,
    hint: () => 'Remove networks that nobody uses: `docker network prune`.',
  }),
  DS_DOCKER_NETWORK_IN_USE: entry<{ network: string; users: readonly string[] }>({
    blame: 'environment',
    title: 'A network is still in use',
    message: ({ network, users }) =>
      `The network ${network} stays: ${listed(users)} still use${users.length === 1 ? 's' : ''} it.`,
    hint: () => 'Stop or disconnect what uses it, then run `devservices down` again.',
  }),
  DS_DOCKER_VOLUME_IN_USE: entry<{ volume: string; users: readonly string[] }>({
    blame: 'environment',
    title: 'A volume is still in use',
    message: ({ volume, users }) =>
      `The volume ${volume} stays: ${listed(users)} still use${users.length === 1 ? 's' : ''} it.`,
    hint: () => 'Remove what uses it, then try again.',
  }),
});

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'something unknown' : names.join(', ');
}
