import { z } from 'devservices';
import { defineSpec } from '../route-spec.ts';
import { reason, serviceStates } from './reports.ts';

const fromBegin = z.number().nonnegative().describe('Milliseconds from the begin of the run');

const phase = z
  .object({
    phase: z.string(),
    service: z.string().optional().describe('Absent where it is one of the whole task'),
    startedMs: fromBegin,
    elapsedMs: z.number().nonnegative().nullable().describe('Null where no end is written down'),
    ok: z.boolean().nullable(),
  })
  .meta({ id: 'RunPhase', description: 'A step of a run' });

const servicePart = z
  .object({
    action: z
      .string()
      .optional()
      .describe('What was done, as `recreated`; where no end is written down, what was planned'),
    reason: reason.optional(),
    states: z.array(z.object({ state: z.enum(serviceStates), atMs: fromBegin })),
  })
  .meta({ id: 'ServiceOfRun', description: 'What a run did with a service' });

const run = z
  .object({
    id: z.int().nonnegative().describe('Of its first event: the id under which `/events` has it'),
    task: z.string(),
    pid: z.int().nonnegative(),
    startedAt: z.string().describe('ISO time'),
    endedAt: z.string().nullable().describe('Null while it runs, or where it was killed'),
    elapsedMs: z.number().nonnegative().describe('Where there is no end: up to its last event'),
    ok: z.boolean().nullable(),
    exitCode: z.int().nullable(),
    phases: z.array(phase).describe('In the order in which they began; several at a time'),
    services: z.record(z.string(), servicePart),
    errors: z.array(z.object({ code: z.string(), message: z.string() })),
  })
  .meta({
    id: 'Run',
    description: 'One task that acted on services, from its first event to its last',
  });

/** A run as the timeline has it. */
export type TimelineRun = z.output<typeof run>;

export const timelineSpecs = [
  defineSpec({
    method: 'GET',
    path: '/timeline',
    tag: 'events',
    summary: 'Recent runs of tasks that act on services, and how long each step took',
    description: 'Made from the journal: `up`, `restart`, `down` and others, whoever started them.',
    access: 'known',
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
    answer: {
      kind: 'json',
      description: 'The newest first',
      schema: z.object({
        runs: z.array(run),
        isCut: z
          .boolean()
          .describe('Fewer than asked for, as only the last part of a long journal was looked at'),
      }),
    },
    problems: { DS_STATE_UNREADABLE: 503 },
  }),
] as const;
