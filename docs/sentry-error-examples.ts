import type { sentryErrors } from '../plugins/sentry/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

export const sentryExamples: ExamplesOf<typeof sentryErrors> = {
  DS_SENTRY_SDK_MISSING: { sinks: ['upstream', 'relay'] },
  DS_SENTRY_SDK_VERSION: { found: '7.120.3', wanted: '11', sinks: ['upstream'] },
  DS_SENTRY_SDK_BROKEN: { reason: 'Unexpected end of input', sinks: ['upstream'] },
  DS_SENTRY_INSTRUMENT_INVALID: {
    problems: ['services.api.instrument.dsn: there is no service "rellay". Did you mean "relay"?'],
  },
};
