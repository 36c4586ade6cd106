import type { Clock } from 'devservices/machine';
import type { Instance, LogLine, LogOptions } from 'devservices/runner';
import type { ProcessPlaces } from '../record/process-record.ts';
import { readRecord, statusOf } from '../record/records.ts';

/**
 * The log of one instance, from when it was made on; what is followed ends when the run that is under way
 * now has ended, whichever the instance was seen in, and everything that it wrote was read.
 */
export async function* readProcessLog(
  { places, clock }: { places: ProcessPlaces; clock: Clock },
  { id, service }: Pick<Instance, 'id' | 'service'>,
  { follow, tail, sinceMs, signal }: LogOptions,
): AsyncGenerator<LogLine> {
  const record = readRecord(places, service);
  if (!record || record.id !== id) return;
  const { readLog } = await import('../logs/read-log.ts');
  const { life, createdAt } = record;
  const { generation } = statusOf(record);
  const over = new AbortController();
  const isThatRun = (): boolean => {
    const now = readRecord(places, service);
    if (now?.id !== id) return false;
    const standing = statusOf(now);
    return standing.status === 'running' && standing.generation === generation;
  };
  // A record says where the next run's lines begin before there are any: they are for who asks next.
  const until = (): number | undefined => {
    const next = readRecord(places, service)?.life;
    return next && next.startedAt !== life?.startedAt ? next.logOffset : undefined;
  };
  const since = { sinceMs: Math.max(sinceMs ?? 0, createdAt) };
  try {
    yield* readLog(places.log(service), {
      service,
      follow,
      signal,
      // Who asks for this run's lines gets no late ones of the run before.
      ...(life && sinceMs === life.startedAt ? { fromOffset: life.logOffset } : since),
      ...(tail === undefined ? {} : { tail }),
      ...(follow ? { ended: whenNot(isThatRun, { clock, signal: over.signal }), until } : {}),
    });
  } finally {
    over.abort();
  }
}

const lookEveryMs = 100;

// Its end is in its record where a supervisor lives, and in the process table alone where none does.
async function whenNot(
  holds: () => boolean,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted && holds()) {
    await clock.sleep(lookEveryMs, signal).catch(() => {});
  }
}
