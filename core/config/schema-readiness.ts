import * as z from 'zod';
import { count, duration, field, portName, textLike, wholeNumber } from './schema-values.ts';

const deadline = field(duration, 'The whole wait, from the start of the service.', '60s');
const timing = {
  interval: field(duration, 'Longest pause between two attempts; it grows from about 20 ms.', '1s'),
  timeout: field(duration, 'One attempt is ended after this.', '5s'),
  deadline,
  startPeriod: field(
    duration,
    'No failure is final, and none is said, before this has passed.',
    '0s',
  ),
};

const status = wholeNumber(100, 599, 'an HTTP status from 100 to 599');
const commandLine = z
  .custom<readonly string[]>(
    (value) =>
      Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string'),
  )
  .meta({ type: 'a command and its arguments, as a list' });
const pattern = z.custom<string>(isPattern).meta({ type: 'a regular expression' });

const flags = textLike(/^(?!.*(.).*\1)[imsu]+$/, "flags of a regular expression such as 'i'");

/** When a service counts as ready, by `kind`. */
export const readinessKinds = {
  http: z.strictObject({
    kind: z.literal('http'),
    path: textLike(/^\//, "a path such as '/healthz'").meta({
      description: 'What is asked for by GET.',
    }),
    port: field(portName, 'Name of the port that is asked.', 'the first'),
    status: field(z.union([status, z.array(status)]), 'What counts as an answer.', '200 to 399'),
    ...timing,
  }),
  port: z.strictObject({
    kind: z.literal('port'),
    port: field(portName, 'Name of the port on which something has to listen.', 'every port'),
    ...timing,
  }),
  log: z.strictObject({
    kind: z.literal('log'),
    pattern: pattern.meta({ description: 'A line of the log has to match.' }),
    flags: field(flags, 'Flags of that expression.', 'none'),
    times: field(count, 'So many lines, counted from the start.', '1'),
    deadline,
  }),
  command: z.strictObject({
    kind: z.literal('command'),
    command: commandLine.meta({ description: 'Run inside the service; has to exit 0.' }),
    pattern: field(pattern, 'What it prints has to match this as well.', 'anything'),
    flags: field(flags, 'Flags of that expression.', 'none'),
    ...timing,
  }),
  healthcheck: z.strictObject({ kind: z.literal('healthcheck'), deadline }),
  all: z.strictObject({
    kind: z.literal('all'),
    get of(): z.ZodType {
      return z
        .array(readiness)
        .min(1)
        .meta({ type: 'a list of readinesses', description: 'All of these have to be ready.' });
    },
  }),
  none: z.strictObject({ kind: z.literal('none') }),
} as const;

export const readiness: z.ZodType = z
  .discriminatedUnion('kind', [
    readinessKinds.http,
    readinessKinds.port,
    readinessKinds.log,
    readinessKinds.command,
    readinessKinds.healthcheck,
    readinessKinds.all,
    readinessKinds.none,
  ])
  .meta({ type: 'a readiness' });

function isPattern(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  try {
    return new RegExp(value) instanceof RegExp;
  } catch {
    return false;
  }
}
