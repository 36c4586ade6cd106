import type { TimelineRun } from '../specs/timeline.ts';
import type { TimelineEvent } from './journal-lines.ts';

type Of<Kind> = Extract<TimelineEvent, { kind: Kind }>;

/** Puts runs together from events that come newest first. */
export interface RunDrafts {
  /** The run that begins with this event, if it acts on services: all of it is known then. */
  take(event: TimelineEvent, id: number): TimelineRun | undefined;
}

/** What is known of a run whose begin was not reached yet; times in milliseconds since the epoch. */
interface Draft {
  lastAt: number;
  end?: Of<'finished'>;
  /** Ended phases whose begin is looked for, by phase and service. */
  open: Map<string, Of<'phase-ended'>[]>;
  phases: { phase: string; service: string | undefined; at: number; end?: Of<'phase-ended'> }[];
  planned?: Of<'plan-made'>;
  states: Of<'service-state'>[];
}

export function createRunDrafts(): RunDrafts {
  const drafts = new Map<string, Draft>();
  const draftOf = ({ run, at }: TimelineEvent): Draft => {
    const draft = drafts.get(run) ?? { lastAt: at, open: new Map(), phases: [], states: [] };
    drafts.set(run, draft);
    return draft;
  };
  return {
    take(event, id) {
      const draft = draftOf(event);
      if (event.kind !== 'task-started') {
        note(draft, event);
        return undefined;
      }
      drafts.delete(event.run);
      return actsOnServices(event, draft) ? toRun(id, event, draft) : undefined;
    },
  };
}

function note(draft: Draft, event: Exclude<TimelineEvent, Of<'task-started'>>): void {
  switch (event.kind) {
    case 'finished':
      draft.end ??= event;
      break;
    case 'phase-ended': {
      const open = draft.open.get(phaseKey(event)) ?? [];
      open.push(event);
      draft.open.set(phaseKey(event), open);
      break;
    }
    case 'phase-started': {
      // One within another of the same name ended before it, and so is seen after it.
      const end = draft.open.get(phaseKey(event))?.pop();
      const { phase, service, at } = event;
      draft.phases.push({ phase, service, at, ...(end && { end }) });
      break;
    }
    case 'plan-made':
      draft.planned ??= event;
      break;
    case 'service-state':
      draft.states.push(event);
      break;
  }
}

const phaseKey = ({ phase, service }: { phase: string; service?: string | undefined }): string =>
  JSON.stringify([phase, service]);

// Others are in the journal too, such as those that change permissions.
const actingTasks = new Set(['up', 'down', 'rm', 'reset', 'restart', 'toggle', 'attach']);

function actsOnServices({ task }: Of<'task-started'>, { end, planned, states }: Draft): boolean {
  if (actingTasks.has(task) || planned !== undefined || states.length > 0) return true;
  return end !== undefined && Object.keys(end.services).length > 0;
}

function toRun(id: number, begin: Of<'task-started'>, draft: Draft): TimelineRun {
  const { end, lastAt, phases } = draft;
  const since = (at: number) => Math.max(0, at - begin.at);
  return {
    id,
    task: begin.task,
    pid: begin.pid,
    startedAt: new Date(begin.at).toISOString(),
    endedAt: end ? new Date(end.at).toISOString() : null,
    elapsedMs: end?.elapsedMs ?? since(lastAt),
    ok: end?.ok ?? null,
    exitCode: end?.exitCode ?? null,
    phases: phases.toReversed().map(({ phase, service, at, end: ended }) => ({
      phase,
      ...(service !== undefined && { service }),
      startedMs: since(at),
      elapsedMs: ended?.elapsedMs ?? null,
      ok: ended?.ok ?? null,
    })),
    services: servicesOf(draft, since),
    errors: end?.errors ?? [],
  };
}

function servicesOf(
  { end, planned, states }: Draft,
  since: (at: number) => number,
): TimelineRun['services'] {
  type Row = TimelineRun['services'][string];
  // What is said at the end counts: a plan may have come to something else.
  const told = Object.entries({ ...planned?.services, ...end?.services });
  const rows = new Map<string, Row>(told.map(([name, row]) => [name, { ...row, states: [] }]));
  for (const { service, state, at } of states.toReversed()) {
    const row = rows.get(service) ?? { states: [] };
    row.states.push({ state, atMs: since(at) });
    rows.set(service, row);
  }
  return Object.fromEntries(rows);
}
