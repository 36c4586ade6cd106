import * as sdk from '@sentry/core';
import type { Envelope } from '@sentry/core';
import type { Clock } from '../../../../core/clock.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import {
  createMultiplexer,
  type Multiplexer,
  type MultiplexerOptions,
} from '../../../../plugins/sentry/multiplex/multiplexer.ts';
import type { Unsent } from '../../../../plugins/sentry/multiplex/unsent.ts';
import type { SinkSpec } from '../../../../plugins/sentry/sink-spec.ts';
import type { Ingest } from '../../../rig/ingest-server.ts';

/** A multiplexer over real HTTP, with what it counted, said and handed over. */
export interface Lines {
  multiplexer: Multiplexer;
  /** Keys of metrics, a tag `reason` in brackets, in order. */
  counted: string[];
  said: string[];
  handedOver: Unsent[];
  /** How often one key was counted. */
  count(key: string): number;
}

export function createLines({
  sinks,
  // It stands still: on a slow machine nothing takes too long.
  clock = createFakeClock(),
  ...options
}: {
  sinks: readonly (Partial<SinkSpec> & { name: string; dsn: string })[];
  clock?: Clock;
} & Partial<Omit<MultiplexerOptions, 'sinks'>>): Lines {
  const counted: string[] = [];
  const said: string[] = [];
  const handedOver: Unsent[] = [];
  const multiplexer = createMultiplexer({
    sdk,
    fetch,
    clock,
    random: () => 0.5,
    client: 'devservices/0.0.0',
    metrics: {
      incr(key, { tags = {} } = {}) {
        counted.push('reason' in tags ? `${key} (${tags.reason})` : key);
      },
    },
    log: { debug: (text) => said.push(text) },
    handOver(unsent) {
      handedOver.push(...unsent);
      return unsent.length;
    },
    ...options,
    sinks: sinks.map((sink) => ({ sampleRate: 1, itemRates: {}, ...sink })),
  });
  const count = (key: string) => counted.filter((one) => one === key).length;
  return { multiplexer, counted, said, handedOver, count };
}

let last = 0;

/** An envelope with an event that says `text`. */
export function eventEnvelope(text: string): Envelope {
  return [
    { event_id: (last += 1).toString(16).padStart(32, '0'), sent_at: '2026-01-01T00:00:00.000Z' },
    [[{ type: 'event' }, { message: text }]],
  ];
}

/** What the events that an ingest got say, sorted: they go on several connections, in no order. */
export function messagesOf(ingest: Pick<Ingest, 'items'>): string[] {
  return ingest
    .items('event')
    .map((event) => (event as { message: string }).message)
    .toSorted((a, b) => a.localeCompare(b));
}
