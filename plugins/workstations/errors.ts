import { defineErrors, didYouMean, entry } from 'devservices/machine';

/** One of several that a name fits, with the flags that name it alone. */
export interface Candidate {
  /** The provider's own path of it. */
  path: string;
  /** `--region europe-west1 --cluster main` */
  flags: string;
}

/** Everything that goes wrong with workstations whatever their provider; see gcloud/ and docker/ for theirs. */
export const workstationErrors = defineErrors({
  DS_WORKSTATION_SCOPE_MISSING: entry<{
    provider: string;
    /** `the cloud project` */
    what: string;
    flag: string;
    variable: string;
    /** Of the plugin's options: `gcloud.project`. */
    field: string;
  }>({
    blame: 'user',
    title: 'It was not said where workstations are',
    message: ({ provider, what }) =>
      `Workstations of ${provider} need ${what}, and nothing says it.`,
    hint: ({ flag, variable, field }) =>
      `Give ${flag}, set ${variable}, or configure \`${field}\` of workstations({ … }).`,
  }),
  DS_WORKSTATION_PROVIDER_UNKNOWN: entry<{
    given: string;
    origin: string;
    known: readonly string[];
  }>({
    blame: 'user',
    title: 'A provider of workstations that does not exist was named',
    message: ({ given, origin, known }) =>
      `${origin} names the provider "${given}", which there is not.${didYouMean(given, known)} There are: ${known.join(', ')}.`,
    hint: ({ origin }) => `Correct ${origin}, or leave it out.`,
  }),
  DS_WORKSTATION_NAME_INVALID: entry<{ name: string; rule: string }>({
    blame: 'user',
    title: 'The name of a workstation cannot be taken',
    message: ({ name, rule }) => `A workstation cannot be called "${name}": ${rule}.`,
    hint: () => 'Choose a name such as box, or box-2.',
  }),
  DS_WORKSTATION_UNKNOWN: entry<{
    name: string;
    /** `the project shop-dev`, `the configuration big of the project shop-dev` */
    where: string;
    known: readonly string[];
  }>({
    blame: 'user',
    title: 'A workstation that does not exist was named',
    message: ({ name, where, known }) =>
      `There is no workstation "${name}" in ${where}.${didYouMean(name, known)} ${thereAre(known)}`,
    hint: ({ name }) => `\`devservices workstations create ${name}\` makes it.`,
  }),
  DS_WORKSTATION_AMBIGUOUS: entry<{ name: string; found: readonly Candidate[] }>({
    blame: 'user',
    title: 'More than one workstation has a name',
    message: ({ name, found }) =>
      [`${found.length} workstations are called "${name}":`, ...found.map(candidateLine)].join(
        '\n',
      ),
    hint: ({ found }) => `Say which one: \`${found[0]?.flags ?? '--workstation-config NAME'}\`.`,
  }),
  DS_WORKSTATION_CONFIG_UNKNOWN: entry<{
    config: string;
    where: string;
    known: readonly string[];
  }>({
    blame: 'user',
    title: 'A workstation configuration that does not exist was named',
    message: ({ config, where, known }) =>
      `There is no workstation configuration "${config}" in ${where}.${didYouMean(config, known)} ${thereAre(known)}`,
    hint: () =>
      '`devservices workstations configs` lists them; `--workstation-config NAME` names one.',
  }),
  DS_WORKSTATION_CONFIG_AMBIGUOUS: entry<{
    /** Absent where none was named, and there are several. */
    config?: string | undefined;
    found: readonly Candidate[];
  }>({
    blame: 'user',
    title: 'It is not clear from which configuration a workstation is to be made',
    message: ({ config, found }) =>
      [
        config === undefined
          ? `There are ${found.length} workstation configurations, and none was named:`
          : `${found.length} workstation configurations are called "${config}":`,
        ...found.map(candidateLine),
      ].join('\n'),
    hint: ({ found }) => `Say which one: \`${found[0]?.flags ?? '--workstation-config NAME'}\`.`,
  }),
  DS_WORKSTATION_FAILED: entry<{
    name: string;
    /** What it should have come to: `running`. */
    goal: string;
    /** How it stands instead, in the provider's word. */
    state: string;
    reason: string;
    /** What to look at or to type next. */
    next: string;
  }>({
    blame: 'outcome',
    title: 'A workstation could not do what it was asked',
    message: ({ name, goal, state, reason }) =>
      `The workstation ${name} did not get to be ${goal}: ${reason}. It is ${state}.`,
    hint: ({ next }) => next,
  }),
  DS_WORKSTATION_GONE: entry<{ name: string; goal: string; reason: string }>({
    blame: 'outcome',
    title: 'A workstation was deleted while it was waited for',
    message: ({ name, goal, reason }) =>
      `The workstation ${name} is not there any more: ${reason}. It was waited for until it is ${goal}.`,
    hint: ({ name }) => `\`devservices workstations create ${name}\` makes a new one.`,
  }),
  DS_WORKSTATION_STATE_UNKNOWN: entry<{ name: string; state: string; waited: string }>({
    blame: 'outcome',
    title: 'A workstation is in a state that nothing is known of',
    message: ({ name, state, waited }) =>
      `The workstation ${name} has been in the state ${state} for ${waited}, which devservices does not know.`,
    hint: ({ name }) =>
      `See what its provider says of it, and try again; \`devservices workstations status ${name}\` shows when it has changed.`,
  }),
  DS_WORKSTATION_TIMEOUT: entry<{
    name: string;
    goal: string;
    /** `1200 s` */
    limit: string;
    /** How it stood last, in words. */
    last: string;
    /** Why the last look told nothing. */
    reason?: string | undefined;
  }>({
    blame: 'outcome',
    title: 'A workstation took longer than it was given',
    message: ({ name, goal, limit, last, reason }) =>
      `Timed out: the workstation ${name} was not ${goal} within ${limit}. ${last}${reason === undefined ? '' : ` The last question failed: ${sentence(reason)}`} What was asked of it goes on there.`,
    hint: ({ name }) =>
      `\`devservices workstations status ${name}\` shows how it stands; \`--wait-timeout SECONDS\` waits longer.`,
  }),
  DS_WORKSTATION_NOT_READY: entry<{ name: string; limit: string; reason: string }>({
    blame: 'outcome',
    title: 'A workstation runs, and lets nobody in yet',
    message: ({ name, limit, reason }) =>
      `Timed out: the workstation ${name} runs, but was not ready for work within ${limit}: ${sentence(reason)} It was left running.`,
    hint: ({ name }) =>
      `Try \`devservices workstations connect ${name}\` again; \`--wait-timeout SECONDS\` waits longer.`,
  }),
  DS_WORKSTATION_NOT_RUNNING: entry<{ name: string; state: string }>({
    blame: 'environment',
    title: 'Something was asked of a workstation that does not run',
    message: ({ name, state }) =>
      `The workstation ${name} is ${state}, so nothing can be reached on it.`,
    hint: ({ name }) => `Start it by \`devservices workstations start ${name}\`.`,
  }),
  DS_WORKSTATION_UNREACHABLE: entry<{ name: string; reason: string; hint: string }>({
    blame: 'environment',
    title: 'There is no way to a workstation from this machine',
    message: ({ name, reason }) =>
      `The workstation ${name} cannot be reached from this machine: ${sentence(reason)}`,
    hint: ({ hint }) => hint,
  }),
  DS_WORKSTATION_LOGIN: entry<{
    name: string;
    /** In the words of ssh. */
    reason: string;
    /** The command that shows it again. */
    command: string;
  }>({
    blame: 'environment',
    title: 'A workstation refuses the login',
    message: ({ name, reason }) =>
      `ssh cannot log in to the workstation ${name}:\n${indent(reason)}`,
    hint: ({ command }) => `See it again by \`${command}\`.`,
  }),
  DS_WORKSTATION_KEYGEN: entry<{ reason: string }>({
    blame: 'environment',
    title: 'No key could be made for a workstation',
    message: ({ reason }) => `ssh-keygen made no key: ${sentence(reason)}`,
    hint: () => 'Install OpenSSH, whose client and ssh-keygen are needed: `openssh-client`.',
  }),
  DS_TUNNEL_FAILED: entry<{
    name: string;
    remotePort: number;
    reason: string;
    /** What its program wrote last. */
    lines: readonly string[];
    /** Its program ran, and nothing answered in time: it may do better in a while. */
    mayPass?: true;
  }>({
    blame: 'environment',
    title: 'A tunnel to a workstation could not be opened',
    message: ({ name, remotePort, reason, lines }) =>
      [`No tunnel leads to port ${remotePort} of the workstation ${name}: ${sentence(reason)}`]
        .concat(lines.map((line) => `  ${line}`))
        .join('\n'),
    hint: ({ name }) =>
      `\`devservices workstations status ${name}\` shows whether it runs; then try again.`,
  }),
  DS_TUNNEL_LIVES_ON: entry<{ name: string; pids: readonly number[] }>({
    blame: 'environment',
    title: 'A tunnel to a workstation could not be ended',
    message: ({ name, pids }) =>
      `SIGKILL did not end ${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')} of the tunnel to ${name}.`,
    hint: () => 'See whose they are and what they wait for, by `ps -o pid,user,stat,wchan,args`.',
  }),
  DS_TUNNEL_UNKNOWN: entry<{ names: readonly string[]; known: readonly string[] }>({
    blame: 'user',
    title: 'A tunnel that is not recorded was named',
    message: ({ names, known }) =>
      `There is no tunnel ${names.map((name) => `"${name}"`).join(', ')}.${didYouMean(names[0] ?? '', known)} ${thereAre(known)}`,
    hint: () => '`devservices workstations tunnels list` lists them.',
  }),
});

const thereAre = (known: readonly string[]): string =>
  known.length === 0 ? 'There is none.' : `There are: ${known.join(', ')}.`;

const candidateLine = ({ path, flags }: Candidate): string => `  ${path} (${flags})`;

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
