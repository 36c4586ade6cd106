import { resolveDuration, z } from 'devservices';
import { readDsn } from './dsn.ts';

/** An empty variable is none. */
export const dsn = z.string().superRefine((text, issues) => {
  const read = text === '' ? undefined : readDsn(text);
  if (typeof read === 'string') issues.addIssue({ code: 'custom', message: read });
});

const rate = z.number().min(0).max(1);

const sink = z.union([
  dsn,
  z.strictObject({
    dsn,
    sampleRate: rate.describe('How many of the envelopes').default(1),
    items: z
      .record(z.string(), rate)
      .describe('By type of item, how many of those; of others all but measurements')
      .default({}),
  }),
]);

const sinkName = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, {
  message: 'is not a name of a sink: a small letter, then at most 31 of a-z, 0-9, _ and -',
});

// Comes out as milliseconds.
const duration = z.union([z.number(), z.string()]).transform((given, issues) => {
  const ms = resolveDuration(given);
  if (ms !== undefined) return ms;
  issues.addIssue({ code: 'custom', message: 'is not a duration, like `300ms` or `2s`' });
  return z.NEVER;
});

const name = z.string().regex(/^[\w .:/@-]{1,64}$/, {
  message: 'is not a name of at most 64 letters, digits and ._:/@-',
});

export const sentryOptions = z
  .strictObject({
    dsn: dsn.describe('Where it is sent: the sink `upstream`').optional(),
    sinks: z.record(sinkName, sink).describe('Further ones, by name').default({}),
    environment: name
      .describe('Of the events of this tool, and of the services')
      .default('development'),
    tracesSampleRate: rate.describe('How many of the tasks are traced').default(1),
    dropTransactions: z.boolean().describe('Sends no traces, and all else').default(false),
    flushTimeout: duration
      .describe('How long the end of a task waits; what is unsent then is left to another process')
      .prefault('300ms'),
    machine: name.describe('A name that the team gives this machine').optional(),
    continueTrace: z
      .boolean()
      .describe('Goes on with the trace of $SENTRY_TRACE and $SENTRY_BAGGAGE')
      .default(false),
    spotlight: z
      .union([z.boolean(), z.url()])
      .describe('Adds the service `spotlight` and shows the services to it, or to the one at a URL')
      .default(false),
  })
  .superRefine(({ dsn: own, sinks }, issues) => {
    if (own === undefined || own === '' || !Object.hasOwn(sinks, 'upstream')) return;
    issues.addIssue({
      code: 'custom',
      path: ['sinks', 'upstream'],
      message: 'is the sink that `dsn` stands for already: give one of the two',
    });
  })
  .prefault({});

/** As checked: no default is missing. */
export type SentryOptions = z.output<typeof sentryOptions>;

const text = z.union([z.string().min(1), z.literal(false), z.null()]).optional();

/** What stands at `instrument` of a service. */
export const instrumentField = z.union([
  z.boolean(),
  z.strictObject({
    dsn: text.describe('`SENTRY_DSN`; default: the plugin’s; false: none'),
    release: text.describe('`SENTRY_RELEASE`; default: the commit; false: none'),
    environment: text.describe('`SENTRY_ENVIRONMENT`; default: the plugin’s; false: none'),
    otlp: text.describe('`OTEL_EXPORTER_OTLP_ENDPOINT`: a URL, or a service with a port `otlp`'),
  }),
]);
