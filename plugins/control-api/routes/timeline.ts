import { join } from 'node:path';
import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { TimelineRun, timelineSpecs } from '../specs/timeline.ts';
import { parseTimelineEvent } from '../timeline/journal-lines.ts';
import { type BackwardReading, readBackwards } from '../timeline/read-backwards.ts';
import { createRunDrafts } from '../timeline/run-drafts.ts';

type Timeline = { runs: TimelineRun[]; isCut: boolean };

const megabyte = 1024 * 1024;

/** What was done lately, and how long it took. */
export function timelineHandlers(
  { checkoutFolder, signal }: Pick<ApiContext, 'checkoutFolder' | 'signal'>,
  reach: Omit<BackwardReading, 'signal'> = { windowBytes: megabyte, reachBytes: 16 * megabyte },
): Handlers<(typeof timelineSpecs)[number]> {
  const path = join(checkoutFolder, 'events.ndjson');
  // Who asks meanwhile gets the same.
  const readings = new Map<number, Promise<Timeline>>();
  return {
    'GET /timeline'({ query: { limit } }) {
      const underWay = readings.get(limit);
      if (underWay) return underWay;
      const reading = readTimeline(path, limit, { ...reach, signal }).finally(() =>
        readings.delete(limit),
      );
      readings.set(limit, reading);
      return reading;
    },
  };
}

async function readTimeline(
  path: string,
  limit: number,
  reading: BackwardReading,
): Promise<Timeline> {
  const drafts = createRunDrafts();
  const runs: TimelineRun[] = [];
  const entries = readBackwards(path, reading);
  for (;;) {
    const { done, value } = await entries.next();
    if (done) return { runs, isCut: !value };
    const event = parseTimelineEvent(value.event);
    const run = event && drafts.take(event, value.id);
    if (!run) continue;
    runs.push(run);
    if (runs.length < limit) continue;
    await entries.return(false);
    return { runs, isCut: false };
  }
}
