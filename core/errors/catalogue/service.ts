import { didYouMean } from '../../suggestion.ts';
import { defineErrors, entry } from '../error.ts';

const listed = (names: readonly string[]): string =>
  names.length === 0 ? 'There are none.' : `There are: ${names.join(', ')}.`;

interface MissingImageFacts {
  image: string;
  /** Who needs it. */
  services: readonly string[];
  bytes?: number;
  isBuilt?: boolean;
  note?: string;
}

const describeMissing = ({ image, services, bytes, isBuilt, note }: MissingImageFacts): string =>
  [
    `${image} for ${services.join(', ')}`,
    ...(isBuilt ? ['has to be built'] : []),
    ...(bytes === undefined ? [] : [`about ${Math.max(1, Math.round(bytes / 1_000_000))} MB`]),
    ...(note === undefined ? [] : [note]),
  ].join('; ');

interface ExitFacts {
  service: string;
  /** Undefined where nobody saw the end. */
  exitCode: number | undefined;
  /** What its runner says of it. */
  note?: string | undefined;
}

const inBrackets = (note: string | undefined): string => (note === undefined ? '' : ` (${note})`);

export const serviceErrors = defineErrors({
  DS_SERVICE_UNKNOWN: entry<{ names: readonly string[]; known: readonly string[] }>({
    blame: 'user',
    title: 'A service that does not exist was named',
    message: ({ names, known }) =>
      names
        .map((name) => `There is no service "${name}".${didYouMean(name, known)}`)
        .concat(listed(known))
        .join(' '),
    hint: () =>
      'Name services as the configuration does; `devservices config services` shows them.',
  }),
  DS_SERVICE_EXITED: entry<ExitFacts & { awaited?: string }>({
    blame: 'outcome',
    title: 'A service ended while it was awaited',
    message: ({ service, exitCode, awaited, note }) =>
      `${service} ended with exit code ${exitCode ?? 'unknown'} ${awaited === undefined ? 'after it was ready, while others were awaited' : `before it was ${awaited}`}${inBrackets(note)}.`,
    hint: ({ service }) => `Its last log lines say why; \`devservices logs ${service}\` shows all.`,
  }),
  DS_SERVICE_CRASH_LOOP: entry<ExitFacts & { exits: number }>({
    blame: 'outcome',
    title: 'A service keeps ending and being restarted',
    message: ({ service, exits, exitCode, note }) =>
      `${service} ended ${exits} times while it was awaited, last with exit code ${exitCode ?? 'unknown'}: a crash loop${inBrackets(note?.replace(/^crash loop: /, ''))}.`,
    hint: ({ service }) => `Its last log lines say why; \`devservices logs ${service}\` shows all.`,
  }),
  DS_SERVICE_NOT_READY: entry<{ service: string; waited: string; lastProbe: string }>({
    blame: 'outcome',
    title: 'A service did not become ready in time',
    message: ({ service, waited, lastProbe }) =>
      `${service} was not ready after ${waited}. The last attempt: ${lastProbe}`,
    hint: ({ service }) =>
      `Look at \`devservices logs ${service}\`; give it longer with \`deadline\` on its \`ready\`, or --wait-timeout.`,
  }),
  DS_SERVICE_REMOVED: entry<{ service: string }>({
    blame: 'outcome',
    title: 'A service was removed by somebody else while it was awaited',
    message: ({ service }) => `${service} was removed from outside while it was awaited.`,
    hint: () => 'Run `devservices up` again: it makes what is missing.',
  }),
  DS_SERVICE_READY_STEP: entry<{ service: string; reason: string }>({
    blame: 'outcome',
    title: "A service's onReady step failed",
    message: ({ service, reason }) => `The onReady step of ${service} failed: ${reason}`,
    hint: () => "Mend the step, or set its `onFailure: 'warn'` where it may fail.",
  }),
  DS_SERVICE_FUNCTION: entry<{ service: string; field: string; reason: string }>({
    blame: 'user',
    title: 'A function of a service failed',
    message: ({ service, field, reason }) =>
      `The function \`${field}\` of the service ${service} failed: ${reason}`,
    hint: ({ service, field }) => `Mend \`${field}\` of ${service} in the configuration.`,
  }),
  DS_SERVICE_NOT_RUNNING: entry<{ service: string; state: string }>({
    blame: 'user',
    title: 'A command was to be run in a service that does not run',
    message: ({ service, state }) =>
      `${service} does not run (${state}), so no command can run inside it.`,
    hint: ({ service }) => `Start it: \`devservices up ${service}\`.`,
  }),
  DS_SERVICE_NO_INSIDE: entry<{ service: string; kind: string }>({
    blame: 'user',
    title: 'A service has no inside to run a command in',
    message: ({ service, kind }) =>
      `${service} runs as a ${kind}, inside which no command can be run.`,
    hint: () => 'Run the command on this machine: `devservices run -- COMMAND`.',
  }),
  DS_SERVICE_NOT_STARTED: entry<{ service: string; reason: string }>({
    blame: 'outcome',
    title: 'A service was not started',
    message: ({ service, reason }) => `${service} was not started: ${reason}.`,
    hint: () => 'Mend what the reason says, then run this again.',
  }),
  DS_SERVICE_DATA_IN_USE: entry<{ service: string; name: string; users: readonly string[] }>({
    blame: 'environment',
    title: "A service's data is used by somebody else",
    message: ({ service, name, users }) =>
      `${name}, which holds data of ${service}, is used by ${users.join(', ')}: nothing was removed.`,
    hint: ({ users }) => `Remove ${users.join(' and ')} first, or keep the data: --keep-volumes.`,
  }),
  DS_FILE_UNREADABLE: entry<{
    service: string;
    field: 'secrets' | 'configs';
    name: string;
    from: string;
    reason: string;
  }>({
    blame: 'user',
    title: 'A secret or config of a service can not be read',
    message: ({ service, field, name, from, reason }) =>
      `${field}.${name} of ${service} can not be read from ${from}: ${reason}.`,
    hint: ({ from }) =>
      from.startsWith('$') ? `Set ${from.slice(1)}.` : `Make ${from}, or correct its path.`,
  }),
  DS_PORT_UNKNOWN: entry<{ service: string; port: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A port that does not exist was named',
    message: ({ service, port, known }) =>
      `${service} has no port "${port}".${didYouMean(port, known)} ${listed(known)}`,
    hint: ({ port }) =>
      port.includes('.')
        ? 'Name a port of a service that it depends on as SERVICE.PORT, where that takes part.'
        : "Name one of the service's `ports`.",
  }),
  DS_PORT_TAKEN: entry<{ service: string; port: number; holder: string }>({
    blame: 'environment',
    title: 'A port that a service needs is taken',
    message: ({ service, port, holder }) =>
      `${service} needs port ${port} of this machine, which ${holder} holds.`,
    hint: ({ port }) =>
      `Stop what holds port ${port}, or let another be taken with \`--ports reassign\`.`,
  }),
  DS_RUN_UNKNOWN: entry<{ service: string; run: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A run that the service does not have was asked for',
    message: ({ service, run, known }) =>
      `${service} has no run "${run}".${didYouMean(run, known)} ${listed(known)}`,
    hint: ({ service }) => `Name one of its runs; \`devservices toggle ${service}\` shows them.`,
  }),
  DS_RUN_SOLE: entry<{ service: string; run: string }>({
    blame: 'user',
    title: 'A service with a single run was to be toggled',
    message: ({ service, run }) =>
      `${service} has one run only, "${run}": there is no other that it could be toggled to.`,
    hint: ({ service, run }) =>
      `Give it another: services.${service}.run = { ${run}: …, local: hostProcess({ command: '…' }) }.`,
  }),
  DS_RUN_UNAVAILABLE: entry<{
    service: string;
    run: string;
    reason: string;
    others: readonly string[];
    /** It was asked for, and nothing was changed. */
    isAsked?: boolean;
  }>({
    blame: 'environment',
    title: "A service's run is not available",
    message: ({ service, run, reason, isAsked }) =>
      isAsked
        ? `The run "${run}" of ${service} is not available, so nothing was changed: ${reason}`
        : `${service} runs by "${run}" in this checkout, which is not available: ${reason}`,
    hint: ({ service, others, isAsked }) =>
      others.length === 0 || isAsked
        ? 'Start what it needs, then run this again.'
        : `Start what it needs, or choose another with --run ${service}=${others[0]} (its data is another).`,
  }),
  DS_ENGINE_NOT_STARTED: entry<{ what: string; command: string; reason: string }>({
    blame: 'environment',
    title: 'What services run on could not be started',
    message: ({ what, command, reason }) =>
      `${what} was to be started by \`${command}\`, but ${reason}`,
    hint: ({ command }) => `Run \`${command}\` yourself and see what it says, then run this again.`,
  }),
  DS_RUNNER_MISSING: entry<{ kind: string; service: string; known: readonly string[] }>({
    blame: 'user',
    title: 'No plugin runs this kind of run',
    message: ({ kind, service, known }) =>
      `${service} has a run of kind "${kind}", which no plugin brings. ${listed(known)}`,
    hint: ({ kind }) => `Add the plugin that runs "${kind}" to \`plugins\`.`,
  }),
  DS_IMAGES_MISSING: entry<{ missing: readonly MissingImageFacts[]; isOffline: boolean }>({
    blame: 'environment',
    title: 'Images that are needed are not on this machine, and must not be fetched',
    message: ({ missing, isOffline }) =>
      [
        `${missing.length === 1 ? 'An image is' : `${missing.length} images are`} not on this machine, ` +
          `and ${isOffline ? 'no network may be asked' : 'pulling is switched off'}:`,
        ...missing.map(describeMissing),
      ].join('\n'),
    hint: ({ isOffline }) =>
      `Run this once without ${isOffline ? '--offline' : '--pull never'}, on a network; from then on they are here.`,
  }),
  DS_SECRET_UNAVAILABLE: entry<{ name: string; from: string; reason: string }>({
    blame: 'environment',
    title: 'A secret could not be read',
    message: ({ name, from, reason }) =>
      `The value of ${name} could not be read from ${from}: ${reason}`,
    hint: ({ from }) => `Make ${from} give the value, then run this again.`,
  }),
});
