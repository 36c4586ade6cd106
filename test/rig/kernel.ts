import type { DevServicesEvent, ServiceReport } from '../../core/events.ts';
import type { TaskOutcome } from '../../core/lifecycle/up.ts';
import { type ContainerFields, container } from '../../core/run/run.ts';
import type { TestHost } from '../../core/testing/test-host.ts';

/** A run of the fake runner. */
export const image = (fields: Partial<ContainerFields> = {}) =>
  container({ image: 'x', ...fields });

/** One field of each row. */
export function column<Field extends keyof ServiceReport>(
  { services }: Pick<TaskOutcome, 'services'>,
  field: Field,
): Record<string, ServiceReport[Field]> {
  return Object.fromEntries(Object.entries(services).map(([name, row]) => [name, row[field]]));
}

/** What happened, as short lines: `ready db`, `phase-started load`. */
export function told(events: readonly DevServicesEvent[]): string[] {
  return events.map((event) => {
    if (event.event === 'service-state') return `${event.state} ${event.service}`;
    if ('phase' in event)
      return [event.event, event.phase, event.service].filter(Boolean).join(' ');
    if ('hook' in event) return `${event.event} ${event.plugin} ${event.hook}`;
    return event.event;
  });
}

/** Texts of the lines for people. */
export const messages = ({ events }: Pick<TestHost, 'events'>): string[] =>
  events.flatMap((event) => (event.event === 'message' ? event.text : []));

/** Resolves as soon as a line of `told` is there. */
export function saw({ host, events }: TestHost, line: string): Promise<void> {
  return new Promise((resolve) => {
    if (told(events).includes(line)) return resolve();
    const leave = host.events.subscribe((event) => {
      if (!told([event]).includes(line)) return;
      leave();
      resolve();
    });
  });
}

/** Codes of what was thrown, an AggregateError's parts each. */
export async function codesOf(work: Promise<unknown>): Promise<string[]> {
  try {
    await work;
  } catch (thrown) {
    const parts: unknown[] = thrown instanceof AggregateError ? thrown.errors : [thrown];
    return parts.map((part) => (part as { code?: string }).code ?? String(part));
  }
  return [];
}

/** What was thrown. */
export async function thrownBy(work: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await work;
  } catch (thrown) {
    return thrown as Error & Record<string, unknown>;
  }
  throw new Error('nothing was thrown');
}
