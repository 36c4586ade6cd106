import { defineErrors, entry } from 'devservices/machine';

/** What goes wrong with Google Cloud and its command line, `gcloud`. */
export const gcloudErrors = defineErrors({
  DS_GCLOUD_MISSING: entry<{ lines: readonly string[] }>({
    blame: 'environment',
    title: 'The gcloud CLI is not there',
    message: ({ lines }) =>
      withLines('Workstations of Google Cloud need its CLI, and gcloud cannot be run', lines),
    hint: () =>
      'Install it as https://cloud.google.com/sdk/docs/install says, or take a container of your own engine by `--provider docker`.',
  }),
  DS_GCLOUD_OLD: entry<{ version: string; minimum: number }>({
    blame: 'environment',
    title: 'The gcloud CLI is too old',
    message: ({ version, minimum }) =>
      `gcloud is of version ${version}; workstations need ${minimum} or newer.`,
    hint: () => 'Run `gcloud components update`, or update the package that it came from.',
  }),
  DS_GCLOUD_SIGNED_OUT: entry<{ lines: readonly string[] }>({
    blame: 'environment',
    title: 'gcloud is not signed in',
    message: ({ lines }) => withLines('gcloud is not signed in to Google Cloud', lines),
    hint: () => 'Run `gcloud auth login`.',
  }),
  DS_GCLOUD_FAILED: entry<{
    /** `list the workstations of the project shop-dev` */
    what: string;
    /** What it wrote on stderr. */
    lines: readonly string[];
    /** The way out. */
    remedy: string;
  }>({
    blame: 'environment',
    title: 'gcloud, or Google Cloud, refuses or fails',
    message: ({ what, lines }) => withLines(`gcloud could not ${what}`, lines),
    hint: ({ remedy }) => remedy,
  }),
  DS_GCLOUD_ANSWER: entry<{ what: string; lines: readonly string[] }>({
    blame: 'environment',
    title: 'gcloud answers with something that is not understood',
    message: ({ what, lines }) =>
      withLines(`gcloud was asked to ${what}, and its answer is not understood`, lines),
    hint: () =>
      'Try again; where it stays so, update gcloud by `gcloud components update` and see what `gcloud info` says of it.',
  }),
  DS_GCLOUD_OPERATION: entry<{
    verb: string;
    name: string;
    lines: readonly string[];
  }>({
    blame: 'outcome',
    title: 'Google Cloud took an order for a workstation and could not carry it out',
    message: ({ verb, name, lines }) =>
      withLines(`Google Cloud could not ${verb} the workstation ${name}`, lines),
    hint: ({ name }) =>
      `Mend what it says, or choose another configuration; \`devservices workstations status ${name}\` shows how it stands.`,
  }),
  DS_GCLOUD_CONFIG_MISSING: entry<{ where: string }>({
    blame: 'user',
    title: 'There is no configuration to make a workstation from',
    message: ({ where }) => `There is no workstation configuration in ${where}.`,
    hint: () =>
      'Have one made (`gcloud workstations configs create`), or name another project, region or cluster.',
  }),
});

/** `gcloud could not …: NOT_FOUND: …`; several lines are set below it. */
function withLines(sentence: string, lines: readonly string[]): string {
  if (lines.length === 0) return `${sentence}.`;
  if (lines.length === 1) return `${sentence}: ${lines[0]}`;
  return [`${sentence}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}
