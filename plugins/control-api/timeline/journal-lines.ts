import { z } from 'devservices';
import { reason, serviceStates } from '../specs/reports.ts';

const stamp = {
  run: z.string(),
  at: z
    .string()
    .transform((text) => Date.parse(text))
    .refine(Number.isFinite),
};
const phase = { phase: z.string(), service: z.string().optional() };
const elapsedMs = z.number().nonnegative();
const done = z.object({ action: z.string(), reason });

const kinds = {
  'task-started': z.object({ ...stamp, task: z.string(), pid: z.int().nonnegative() }),
  'phase-started': z.object({ ...stamp, ...phase }),
  'phase-ended': z.object({ ...stamp, ...phase, elapsedMs, ok: z.boolean() }),
  'plan-made': z.object({ ...stamp, services: z.record(z.string(), done) }),
  'service-state': z.object({ ...stamp, service: z.string(), state: z.enum(serviceStates) }),
} as const;

const finished = z.object({
  ...stamp,
  ok: z.boolean(),
  exitCode: z.int(),
  elapsedMs,
  errors: z.array(z.object({ code: z.string(), message: z.string() })),
  services: z.record(z.string(), done),
});

type Kinds = { [Kind in keyof typeof kinds]: { kind: Kind } & z.output<(typeof kinds)[Kind]> };

/** What a timeline is made from; `at` in milliseconds since the epoch. */
export type TimelineEvent = Kinds[keyof Kinds] | ({ kind: 'finished' } & z.output<typeof finished>);

/**
 * An event of a journal as far as a timeline needs it; undefined of every other, of those that do not
 * say to which run they belong, and of what only looks like one: anybody may have written to the file.
 */
export function parseTimelineEvent(event: { event: string }): TimelineEvent | undefined {
  const kind = event.event;
  if (Object.hasOwn(kinds, kind)) {
    const { data } = kinds[kind as keyof typeof kinds].safeParse(event);
    return data && ({ kind, ...data } as TimelineEvent);
  }
  if (!kind.endsWith('-finished')) return undefined;
  const { data } = finished.safeParse(event);
  return data && { kind: 'finished', ...data };
}
