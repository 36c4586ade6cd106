import type { ClientReport, Envelope } from '@sentry/core';
import type { SinkCounts, SinkDrop } from '../contract.ts';
import type { SinkSpec } from '../sink-spec.ts';
import { createDelivery } from './delivery.ts';
import { resolveEndpoint } from './endpoint.ts';
import { filterItems, isChosen, type LostItem } from './filter-items.ts';
import { createOutcomes, type Outcomes } from './outcomes.ts';
import { createSinkQueue, type Entry } from './sink-queue.ts';
import type { Surroundings } from './surroundings.ts';
import { createTally } from './tally.ts';
import type { Unsent } from './unsent.ts';

/** What is captured, as all sinks see it. */
export interface Captured {
  envelope: Envelope;
  /** `upstream` alone may be told. */
  isUnsafe: boolean;
  /** Length on the wire, of any envelope. */
  measure(envelope: Envelope): number;
  depth: number;
}

/** One of those to whom envelopes are sent, with a queue, rates and counts of its own. */
export interface Sink {
  readonly name: string;
  /** Takes its share, to be sent later. */
  offer(captured: Captured): void;
  /** What was lost elsewhere is told to it with its own losses. */
  readonly outcomes: Pick<Outcomes, 'record' | 'merge'>;
  /** Resolves when all is sent and what was lost is told. */
  flush(): Promise<void>;
  isIdle(): boolean;
  counts(): SinkCounts;
  /** Nothing is sent any more: gives what was not answered, each to be settled as one or the other. */
  stop(): readonly Left[];
}

/** What is left in the end, and what became of it. */
export interface Left extends Unsent {
  settle(isHandedOver: boolean): void;
}

export interface SinkOptions extends Surroundings {
  spec: SinkSpec;
  /** Gets what is unsafe too. */
  isUpstream: boolean;
  dropTransactions: boolean;
}

export function createSink({ spec, isUpstream, ...options }: SinkOptions): Sink {
  const { sdk, clock, random } = options;
  const endpoint = resolveEndpoint(spec.dsn, options.client);
  const tally = createTally(spec.name, options.metrics);
  const outcomes = createOutcomes(sdk);
  const queue = createSinkQueue();
  const filter = { ...options, itemRates: spec.itemRates };
  const delivery = createDelivery({
    ...options,
    name: spec.name,
    endpoint,
    outcomes,
    queue,
    tally,
  });

  let isOver = false;

  const drop = (reason: SinkDrop, envelope: Envelope): void => {
    tally.dropped(reason);
    const told = toldAs[reason];
    if (told === undefined) return;
    for (const item of envelope[1]) outcomes.recordItem(told, item);
  };
  // Undefined where it goes on.
  const whyNot = ({ isUnsafe, depth }: Captured, kept: Envelope, lost: readonly LostItem[]) => {
    // What is captured while what was captured in a sending is sent would never end.
    if ((isUnsafe && !isUpstream) || depth > 1) return 'unsafe';
    if (kept[1].length === 0) {
      return lost.some(({ reason }) => reason === 'kill-switch') ? 'kill-switch' : 'filtered';
    }
    if (!isChosen(spec.sampleRate, random)) return 'sample-rate';
    return isOver ? 'deadline' : undefined;
  };
  return {
    name: spec.name,
    outcomes,
    offer(captured) {
      tally.captured();
      try {
        take(captured);
      } catch (error) {
        // What cannot be written.
        tally.dropped('failed');
        throw error;
      }
    },
    async flush() {
      await emptied();
      if (delivery.isStopped()) return;
      const report = outcomes.take();
      if (report.length === 0) return;
      queue.add(reportOf(report));
      await emptied();
    },
    isIdle: () => queue.entries.size === 0,
    counts: () => tally.counts(),
    stop() {
      isOver = true;
      delivery.stop();
      if (queue.entries.size > 0) {
        const report = outcomes.take();
        if (report.length > 0) queue.add(reportOf(report));
      }
      return [...queue.entries].map((entry) => ({
        url: endpoint.url,
        headers: endpoint.headers,
        body: sdk.serializeEnvelope(entry.envelope),
        settle(isHandedOver) {
          queue.remove(entry);
          if (entry.report !== undefined) return;
          if (isHandedOver) tally.handedOver();
          else tally.dropped('deadline');
        },
      }));
    },
  };

  function take(captured: Captured): void {
    const { envelope, lost } = filterItems(captured.envelope, filter);
    const reason = whyNot(captured, envelope, lost);
    if (reason !== 'unsafe') {
      for (const { item, reason: why } of lost) {
        if (why === 'sampled') outcomes.recordItem('sample_rate', item);
        if (why === 'kill-switch') outcomes.recordItem('ignored', item);
      }
    }
    if (reason !== undefined) return drop(reason, envelope);
    if (queue.isFull()) return drop('queue-full', envelope);
    const entry = entryOf(envelope, captured.measure(envelope), captured.depth);
    if (queue.add(entry)) delivery.begin();
    else drop('queue-full', envelope);
  }

  async function emptied(): Promise<void> {
    delivery.begin();
    await Promise.race([queue.emptied(), delivery.stopped]);
  }

  function reportOf(report: ClientReport['discarded_events']): Entry {
    const envelope = sdk.createClientReportEnvelope(report, undefined, clock.now() / 1000);
    // Whoever captures what goes wrong with a report would have the next one written.
    return { ...entryOf(envelope, 0, 1), report };
  }
}

// What is not meant for a sink is no loss of its own; what was answered is known to it.
const toldAs: Readonly<Partial<Record<SinkDrop, 'sample_rate' | 'queue_overflow'>>> = {
  'sample-rate': 'sample_rate',
  'queue-full': 'queue_overflow',
};

function entryOf(envelope: Envelope, bytes: number, depth: number): Entry {
  return { envelope, bytes, depth, isUnderWay: false };
}
