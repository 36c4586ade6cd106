import type { Metrics } from 'devservices/runner';
import type { SinkCounts, SinkDrop } from '../contract.ts';

/** What becomes of a sink's envelopes: what is captured is sent, handed over or dropped in the end. */
export interface Tally {
  captured(): void;
  sent(): void;
  handedOver(): void;
  dropped(reason: SinkDrop): void;
  counts(): SinkCounts;
}

/** Counts by the sink's name, here and in metrics. */
export function createTally(name: string, metrics: Pick<Metrics, 'incr'>): Tally {
  let captured = 0;
  let sent = 0;
  let handedOver = 0;
  const dropped: Record<SinkDrop, number> = {
    filtered: 0,
    'sample-rate': 0,
    unsafe: 0,
    'kill-switch': 0,
    'queue-full': 0,
    'rate-limited': 0,
    failed: 0,
    deadline: 0,
  };
  return {
    captured() {
      captured += 1;
      metrics.incr(`internal.captured.events.${name}`);
    },
    sent() {
      sent += 1;
    },
    handedOver() {
      handedOver += 1;
    },
    dropped(reason) {
      dropped[reason] += 1;
      metrics.incr(`internal.uncaptured.events.${name}`, { tags: { reason } });
    },
    counts: () => ({ captured, sent, handedOver, dropped: { ...dropped } }),
  };
}
