import { defineErrors, entry } from '../error.ts';

/** A place in a file; line and column count from 1. */
export interface FilePlace {
  file: string;
  line?: number | undefined;
  column?: number | undefined;
}

/** One thing that is wrong in a configuration. */
export interface ConfigProblem {
  /** Dotted: `services.redis.ports.redis`. */
  path: string;
  /** Where it was written: `devservices.config.ts:12`, `$DEVSERVICES_ENGINE`, `--set …`, `plugin mail`. */
  origin?: string;
  /** A whole sentence without the path: what is wrong, and a suggestion where there is one. */
  text: string;
}

export const configErrors = defineErrors({
  DS_CONFIG_NOT_FOUND: entry<{ looked: readonly string[]; limit: string }>({
    blame: 'user',
    title: 'There is no configuration',
    message: ({ looked, limit }) =>
      `No devservices configuration was found. Looked in ${looked.join(', ')} (${limit}).`,
    hint: () =>
      'Write a devservices.config.ts at the top of the repo, or name one with --config FILE or DEVSERVICES_CONFIG.',
  }),
  DS_CONFIG_AMBIGUOUS: entry<{ folder: string; names: readonly string[] }>({
    blame: 'user',
    title: 'Two configurations in one folder',
    message: ({ folder, names }) =>
      `${folder} has ${names.length} configurations: ${names.join(', ')}. Which one is meant cannot be known.`,
    hint: () => 'Keep one of them, or name one with --config FILE.',
  }),
  DS_CONFIG_FOREIGN: entry<{ file: string; owner: number; user: number }>({
    blame: 'user',
    title: "The configuration is another user's file",
    message: ({ file, owner, user }) =>
      `${file} belongs to user ${owner}, and you are user ${user}. A configuration is code, so another user's is not run by itself.`,
    hint: ({ file }) => `If you trust it, name it: --config ${file}`,
  }),
  DS_CONFIG_UNREADABLE: entry<{ file: string; namedBy: string; reason: string }>({
    blame: 'user',
    title: 'A configuration file cannot be read',
    message: ({ file, namedBy, reason }) => `${file} (${namedBy}) cannot be read: ${reason}.`,
    hint: () => 'Check the path and its permissions.',
  }),
  DS_CONFIG_TYPE_UNKNOWN: entry<{ file: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A configuration file of an unknown type',
    message: ({ file, known }) => `${file} is none of the types that are read: ${known.join(' ')}.`,
    hint: () => 'Write it as devservices.config.ts, .js, .json or .yaml.',
  }),
  DS_CONFIG_MALFORMED: entry<FilePlace & { text: string }>({
    blame: 'user',
    title: 'A configuration file has a syntax error',
    message: ({ text, ...place }) => `${placeText(place)} is malformed: ${text}`,
    hint: () => 'Mend the syntax there. Nothing was started.',
  }),
  DS_CONFIG_THREW: entry<FilePlace & { reason: string; at?: FilePlace | undefined }>({
    blame: 'user',
    title: 'A configuration file threw',
    message: ({ file, at, reason }) =>
      at === undefined || at.file === file
        ? `${placeText(at ?? { file })} threw while it was loaded: ${reason}`
        : `${file} threw while it was loaded, at ${placeText(at)}: ${reason}`,
    hint: () => 'Mend what it does when it is imported; --verbose shows the whole stack.',
  }),
  DS_CONFIG_IMPORT_MISSING: entry<FilePlace & { specifier: string }>({
    blame: 'user',
    title: 'A configuration imports what is not there',
    message: ({ specifier, ...place }) =>
      `${placeText(place)} imports "${specifier}", which is not there.`,
    hint: ({ specifier }) =>
      specifier.startsWith('.')
        ? 'Check the path; it is relative to the importing file.'
        : `Install ${specifier}, or take the import out.`,
  }),
  DS_CONFIG_NO_DEFAULT: entry<{ file: string }>({
    blame: 'user',
    title: 'A configuration file exports nothing',
    message: ({ file }) => `${file} has no default export.`,
    hint: () => 'Write `export default defineConfig({ … })`.',
  }),
  DS_CONFIG_EXTENDS_MISSING: entry<{ file: string; specifier: string; reason: string }>({
    blame: 'user',
    title: 'A configuration extends what is not there',
    message: ({ file, specifier, reason }) =>
      `${file} extends "${specifier}", which was not found: ${reason}.`,
    hint: ({ specifier }) =>
      specifier.startsWith('.')
        ? 'Check the path; it is relative to the file that extends.'
        : `Install ${specifier}, or write ./${specifier} if it is a file.`,
  }),
  DS_CONFIG_EXTENDS_CYCLE: entry<{ ring: readonly string[] }>({
    blame: 'user',
    title: 'Configurations extend one another in a ring',
    message: ({ ring }) => `These configurations extend one another: ${ring.join(' → ')}.`,
    hint: () => 'Take one of these `extends` out.',
  }),
  DS_CONFIG_ASSIGNMENT: entry<{ source: string; reason: string }>({
    blame: 'user',
    title: 'A flag or variable does not say what it sets',
    message: ({ source, reason }) => `${source}: ${reason}.`,
    hint: () =>
      'Write --set services.redis.run.docker.image=redis:8, or DEVSERVICES__SERVICES__REDIS__RUN__DOCKER__IMAGE=redis:8.',
  }),
  DS_CONFIG_INVALID: entry<{ problems: readonly ConfigProblem[] }>({
    blame: 'user',
    title: 'The configuration is invalid',
    message: ({ problems }) => `The configuration has ${listProblems(problems)}`,
    hint: ({ problems }) =>
      `Mend ${problems.length === 1 ? 'it' : 'them'}; docs/configuration.md says what each field means. Nothing was started.`,
  }),
  DS_PLUGIN_CONFIG_INVALID: entry<{ plugin: string; problems: readonly ConfigProblem[] }>({
    blame: 'plugin',
    title: 'A plugin left an invalid configuration behind',
    message: ({ plugin, problems }) =>
      `After the plugin ${plugin} changed it in \`configure\`, the configuration has ${listProblems(problems)}`,
    hint: ({ plugin }) =>
      `Update ${plugin} or take it out of \`plugins\`; its author has to mend it.`,
  }),
});

/** `file:line:column`, as far as known. */
export function placeText({ file, line, column }: FilePlace): string {
  return [file, line, line === undefined ? undefined : column]
    .filter((part) => part !== undefined)
    .join(':');
}

function listProblems(problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problems.map(({ path, origin, text }) => {
    const where = origin === undefined ? '' : ` (${origin})`;
    return `  ${path === '' ? 'the whole' : path}${where}: ${text}`;
  });
  return [`${count}:`, ...lines].join('\n');
}
