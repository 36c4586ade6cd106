import type { Client, ClientReport, EnvelopeItem, Event, EventDropReason } from '@sentry/core';
import type { SdkParts } from './surroundings.ts';

/** What a sink was to get and did not, summed up until it is told. */
export interface Outcomes {
  record: Client['recordDroppedEvent'];
  recordItem(reason: EventDropReason, item: EnvelopeItem): void;
  /** Adds what a report says, one of the client's or one that did not get through. */
  merge(discarded: ClientReport['discarded_events']): void;
  /** Empties it. */
  take(): ClientReport['discarded_events'];
}

/** Its size is that of the SDK's reasons by its categories, however much is lost. */
export function createOutcomes(sdk: Pick<SdkParts, 'envelopeItemTypeToDataCategory'>): Outcomes {
  let totals = new Map<string, ClientReport['discarded_events'][number]>();
  const record: Outcomes['record'] = (reason, category, quantity = 1) => {
    // Reports about reports would never end.
    if (category === 'internal') return;
    const key = `${reason}:${category}`;
    const before = totals.get(key)?.quantity ?? 0;
    totals.set(key, { reason, category, quantity: before + quantity });
  };
  return {
    record,
    recordItem(reason, [header, payload]) {
      const { type } = header;
      // With a transaction its spans are lost, and the one that it is itself.
      if (type === 'transaction') record(reason, 'span', spansOf(payload) + 1);
      const count = 'item_count' in header ? header.item_count : undefined;
      const category = sdk.envelopeItemTypeToDataCategory(type);
      record(reason, category, typeof count === 'number' ? count : 1);
    },
    merge(discarded) {
      for (const { reason, category, quantity } of discarded) record(reason, category, quantity);
    },
    take() {
      const all = [...totals.values()];
      totals = new Map();
      return all;
    },
  };
}

function spansOf(payload: unknown): number {
  return (payload as Event | undefined)?.spans?.length ?? 0;
}
