import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { flag, words } from './query-words.ts';

const line = z
  .object({
    service: z.string(),
    stream: z.enum(['stdout', 'stderr']),
    text: z.string().describe('Without secrets'),
    at: z.string().optional().describe('ISO time, where it is known'),
  })
  .meta({ id: 'LogLine', description: 'A line of a service’s log' });

export const logSpecs = [
  defineSpec({
    method: 'GET',
    path: '/logs',
    tag: 'logs',
    summary: 'What the services write, as they write it',
    description:
      'A stream of lines, several in one event: first those that are there, by time, then new ones, over restarts and recreation. With the id of an event as `Last-Event-ID` it goes on behind its last line, without gap or repeat; lines that have no time may come again then. `event: end` follows the last line where it does not follow the logs.',
    access: 'known',
    query: z.strictObject({
      service: words.optional().describe('Only these; default: all'),
      tail: z.coerce
        .number()
        .int()
        .min(0)
        .max(100_000)
        .optional()
        .describe('Only so many last lines of each of what is there'),
      since: z
        .string()
        .min(1)
        .max(64)
        .optional()
        .describe('Only lines since a time (`2026-01-31T10:00:00Z`), or how long ago (`10m`)'),
      follow: flag.default(true).describe('Whether it goes on with new lines'),
    }),
    answer: {
      kind: 'stream',
      description: 'Lines in their order',
      schema: z.object({ lines: z.array(line) }),
    },
    problems: {
      DS_SERVICE_UNKNOWN: 404,
      DS_API_CURSOR_INVALID: 400,
      DS_ARGUMENT_INVALID: 400,
    },
  }),
] as const;
