import type { Instance, RunnerEvent } from 'devservices/runner';

/** What was seen of a project's processes last, so that nothing is told twice and nothing is missed. */
export interface Sightings {
  /** What happened since the last look, by the records. */
  compare(now: readonly Instance[]): readonly RunnerEvent[];
  /** Notes a report; undefined for one that a look has told already. */
  take(event: RunnerEvent): RunnerEvent | undefined;
}

/** `generation` is absent where a report told of the start: it names none. */
interface Sighting {
  service: string;
  isRunning: boolean;
  generation?: string;
}

export function createSightings(first: readonly Instance[]): Sightings {
  let seen = sight(first);
  const toldAt = new Map<string, number>();
  return {
    compare(now) {
      const events = now.flatMap((one) => whatHappened(seen.get(one.id), one));
      for (const [id, { service, isRunning }] of seen) {
        if (now.some((one) => one.id === id)) continue;
        if (isRunning) events.push(endOf({ id, service }));
        events.push({ type: 'removed', service, id });
      }
      seen = sight(now);
      for (const event of events) {
        if (event.type === 'exited' && event.at !== undefined) toldAt.set(event.id, event.at);
      }
      return events;
    },
    take(event) {
      if (!('id' in event)) return event;
      const { id, service, type } = event;
      if (type === 'exited' && event.at !== undefined && toldAt.get(id) === event.at)
        return undefined;
      if (type === 'removed') seen.delete(id);
      else seen.set(id, { service, isRunning: type !== 'exited' });
      return event;
    },
  };
}

function sight(instances: readonly Instance[]): Map<string, Sighting> {
  return new Map(
    instances.map(({ id, service, generation, status }) => [
      id,
      { service, generation, isRunning: status === 'running' },
    ]),
  );
}

function whatHappened(before: Sighting | undefined, now: Instance): RunnerEvent[] {
  const { id, service, generation, status } = now;
  const isRunning = status === 'running';
  const isSame = before?.generation === undefined || before.generation === generation;
  const hasEnded = before?.isRunning === true && !(isRunning && isSame);
  const hasBegun = isRunning && !(before?.isRunning === true && isSame);
  return [
    ...(hasEnded ? [endOf({ id, service, now })] : []),
    ...(hasBegun ? [{ type: 'started', service, id } as const] : []),
  ];
}

function endOf({ id, service, now }: { id: string; service: string; now?: Instance }): RunnerEvent {
  const ended = now?.status === 'running' ? undefined : now;
  return {
    type: 'exited',
    service,
    id,
    ...(ended?.exitCode === undefined ? {} : { exitCode: ended.exitCode }),
    willRestart: now?.status === 'restarting' || now?.status === 'running',
    ...(ended?.endedAt === undefined ? {} : { at: ended.endedAt }),
    ...(now ? {} : { isRemoval: true }),
  };
}
