import { defineErrors, didYouMean, entry } from 'devservices/machine';

/** Everything that plugins/project-options can throw. None has a value of an option in it. */
export const optionErrors = defineErrors({
  DS_OPTION_UNKNOWN: entry<{ key: string; known: readonly string[] }>({
    blame: 'user',
    title: 'An option that nobody declares was named',
    message: ({ key, known }) => `Nobody declares the option ${quoted(key)}.${meantBy(key, known)}`,
    hint: ({ known }) =>
      known.length === 0
        ? 'Plugins declare options; so does `projectOptions({ declare: [ … ] })` in the configuration.'
        : '`devservices options get` shows those that are declared.',
  }),
  DS_OPTION_INVALID: entry<{ key: string; expected: string; problem?: string | undefined }>({
    blame: 'user',
    title: 'An option was given a value that it does not take',
    message: ({ key, expected, problem }) =>
      `${key} takes ${expected}, and was given something else${problem === undefined ? '' : `: ${problem}`}. Nothing was changed.`,
    hint: ({ key, expected }) =>
      `Give ${key} ${expected}: on a command line as it is where it is a text, else as JSON.`,
  }),
  DS_OPTION_PROJECT: entry<{ problem: string }>({
    blame: 'user',
    title: 'Options cannot be kept for a project of that name',
    message: ({ problem }) => `Options cannot be kept for a project whose name ${problem}.`,
    hint: () => 'Name the project as its configuration does.',
  }),
  DS_OPTION_DECLARATION: entry<{ key: string; problem: string }>({
    blame: 'plugin',
    title: 'An option cannot be declared like this',
    message: ({ key, problem }) => `The option ${quoted(key)} cannot be declared: ${problem}.`,
    hint: ({ key }) => `Mend the declaration of ${quoted(key)}, or leave it out.`,
  }),
  DS_OPTION_SCHEMA: entry<{ key: string; problem: string }>({
    blame: 'plugin',
    title: 'The schema of an option cannot check a value',
    message: ({ key, problem }) =>
      `The schema of ${key} could not check a value: ${problem}. Nothing was changed.`,
    hint: ({ key }) => `Mend the schema of ${key} where it is declared.`,
  }),
});

const longest = 128;

/** As JSON, so that no character of it reaches a terminal; what is longer than any key is cut. */
function quoted(key: string): string {
  return JSON.stringify(key.length > longest ? `${key.slice(0, longest)}…` : key);
}

function meantBy(key: string, known: readonly string[]): string {
  return key.length > longest ? '' : didYouMean(key, known);
}
