import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { words } from './query-words.ts';

const event = z
  .looseObject({
    event: z.string().describe('What happened: `service-state`, `up-finished`'),
    at: z.string().describe('ISO time'),
    project: z.string(),
  })
  .meta({ id: 'Event', description: 'Something that happened, as the journal has it' });

export const eventSpecs = [
  defineSpec({
    method: 'GET',
    path: '/events',
    tag: 'events',
    summary: 'Everything that happens in this checkout, as it happens',
    description:
      'A stream of what stands in the journal, whoever did it. An event’s id is its place there: with `Last-Event-ID`, or `after`, the stream goes on behind it, without gap or repeat. Without, it begins with what happens from now on. `event: reset` says that another journal is there, whose ids begin anew. A reader that does not keep up is told so by `event: dropped`, and goes on from its last id.',
    access: 'known',
    query: z.strictObject({
      after: z.coerce
        .number()
        .int()
        .min(-1)
        .optional()
        .describe('Id of the last event that was seen; -1 for all there are'),
      service: words.optional().describe('Only what happened to these services'),
      event: words.optional().describe('Only these events'),
    }),
    answer: { kind: 'stream', description: 'One event each', schema: event },
    problems: { DS_API_CURSOR_INVALID: 400, DS_STATE_UNREADABLE: 503 },
  }),
] as const;
