import { join } from 'node:path';
import type { ApiContext } from '../api-context.ts';
import { apiErrors } from '../errors.ts';
import type { Handlers } from '../route.ts';
import type { eventSpecs } from '../specs/events.ts';
import { createJournalFeed, type FeedReading } from '../streams/journal-feed.ts';

type Query = { service?: readonly string[] | undefined; event?: readonly string[] | undefined };

/** What happens, from the checkout's journal. */
export function eventHandlers({
  checkoutFolder,
  name,
  clock,
}: Pick<ApiContext, 'checkoutFolder' | 'name' | 'clock'>): Handlers<(typeof eventSpecs)[number]> {
  const path = join(checkoutFolder, 'events.ndjson');
  const feed = createJournalFeed({ path, project: name, clock });
  return {
    'GET /events': ({ query, lastEventId, signal }) =>
      feed.read({
        // Who was cut off asks again with the same words, and with what it has seen since.
        after: lastEventId === undefined ? query.after : readId(lastEventId),
        keeps: filterOf(query),
        signal,
      }),
  };
}

function readId(id: string): number {
  if (/^(?:-1|\d{1,15})$/.test(id)) return Number(id);
  throw apiErrors.create('DS_API_CURSOR_INVALID', { key: 'GET /events' });
}

function filterOf({ service, event }: Query): FeedReading['keeps'] {
  if (!service && !event) return undefined;
  return (happened) =>
    (event?.includes(happened.event) ?? true) &&
    (service === undefined ||
      ('service' in happened &&
        happened.service !== undefined &&
        service.includes(happened.service)));
}
