import { defineErrors, entry } from 'devservices/machine';

/** Everything that plugins/sentry says or throws. */
export const sentryErrors = defineErrors({
  DS_SENTRY_SDK_MISSING: entry<{ sinks: readonly string[] }>({
    blame: 'environment',
    title: 'The Sentry SDK is not installed',
    message: ({ sinks }) =>
      `Nothing is sent to ${sinks.join(', ')}: the package @sentry/core is not installed.`,
    hint: () => 'Run `npm install --save-dev @sentry/core`, or take the DSN out.',
  }),
  DS_SENTRY_SDK_VERSION: entry<{ found: string; wanted: string; sinks: readonly string[] }>({
    blame: 'environment',
    title: 'The Sentry SDK is of another major version',
    message: ({ found, wanted, sinks }) =>
      `Nothing is sent to ${sinks.join(', ')}: @sentry/core is installed as ${found}, and ${wanted} is needed.`,
    hint: ({ wanted }) => `Run \`npm install --save-dev @sentry/core@${wanted}\`.`,
  }),
  DS_SENTRY_SDK_BROKEN: entry<{ reason: string; sinks: readonly string[] }>({
    blame: 'environment',
    title: 'The Sentry SDK cannot be loaded',
    message: ({ reason, sinks }) =>
      `Nothing is sent to ${sinks.join(', ')}: @sentry/core cannot be loaded: ${reason}`,
    hint: () => 'Install @sentry/core anew, or take the DSN out.',
  }),
  DS_SENTRY_INSTRUMENT_INVALID: entry<{ problems: readonly string[] }>({
    blame: 'user',
    title: 'What a service says at `instrument` can not be used',
    message: ({ problems }) =>
      problems.length === 1
        ? (problems[0] ?? '')
        : `Services can not be instrumented:\n${problems.map((each) => `  ${each}`).join('\n')}`,
    hint: () =>
      'Correct it; `false` for one of its fields leaves that variable out, `instrument: false` all.',
  }),
});
