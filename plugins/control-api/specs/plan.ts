import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { flag, words } from './query-words.ts';
import { reason } from './reports.ts';

export const planSpecs = [
  defineSpec({
    method: 'GET',
    path: '/plan',
    tag: 'project',
    summary: 'What an `up` would do just now, and why',
    description:
      'Takes the words of `devservices up`. Changes nothing, waits for no other task and starts no engine. What plugins amend before an `up` begins is not in it.',
    access: 'known',
    query: z.strictObject({
      services: words.optional().describe('Only these, and what they need'),
      exclude: words.optional().describe('Leaves these out'),
      profile: words.optional().describe('Brings the services of these profiles'),
      skipOnlyIf: flag.optional().describe('Whatever their `onlyIf` says'),
      recreate: flag.optional().describe('Makes unchanged services anew as well'),
      noDeps: flag.optional().describe('Leaves out what the named services need'),
    }),
    answer: {
      kind: 'json',
      description: 'In an order in which dependencies come first',
      schema: z.object({
        services: z.record(
          z.string(),
          z.object({
            action: z.enum(['create', 'recreate', 'start', 'unchanged', 'skip']),
            reason,
            runner: z.string().describe('Key of the run'),
          }),
        ),
        left: z.record(z.string(), reason).describe('Services that it leaves out, and why'),
        orphans: z
          .array(z.string())
          .describe('Services that are there, and no longer in the configuration'),
      }),
    },
    problems: {
      DS_SERVICE_UNKNOWN: 404,
      DS_CONFIG_INVALID: 400,
      DS_RUN_UNAVAILABLE: 503,
      DS_PORT_TAKEN: 503,
    },
  }),
] as const;
