import { z } from 'devservices';

const off = z.boolean().default(false);

/** What decides which services take part; every one has a default, so that one that is missing breaks nothing. */
export const settings = z
  .strictObject({
    eventstream: z.string().default('sentry.eventstream.snuba.SnubaEventStream'),
    nodestore: z.string().default('sentry.nodestore.django.DjangoNodeStorage'),
    cacheBackend: z.string().default('django.core.cache.backends.dummy.DummyCache'),
    useRelay: off.describe('SENTRY_USE_RELAY in the environment wins'),
    relayPort: z.number().int().default(7899),
    processSubscriptions: off,
    useProfiling: off,
    useMetrics: off,
    useSpans: off,
    useIssueOccurrence: off,
    useGroupAttributes: off,
    distributedClickhouse: off,
    useReplayAnalyzer: off,
    useSpotlight: off,
    options: z
      .strictObject({ 'symbolicator.enabled': off, 'chart-rendering.enabled': off })
      .prefault({}),
  })
  .prefault({});

export type Settings = z.output<typeof settings>;
