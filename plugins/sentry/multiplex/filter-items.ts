import type { Envelope, EnvelopeItem } from '@sentry/core';
import type { SinkSpec } from '../sink-spec.ts';

/** What a sink does not get of an envelope. */
export interface LostItem {
  item: EnvelopeItem;
  /** `sampled`: of its type some go. */
  reason: 'filtered' | 'kill-switch' | 'sampled';
}

/** Of which items a sink gets how many, and where chance comes from. */
export interface ItemFilter extends Pick<SinkSpec, 'itemRates'> {
  dropTransactions: boolean;
  random: () => number;
}

/** The very envelope where all of it goes on, else one of its own with the items that do. */
export function filterItems(
  envelope: Envelope,
  filter: ItemFilter,
): { envelope: Envelope; lost: readonly LostItem[] } {
  const lost: LostItem[] = [];
  const [header, items] = envelope;
  const kept = (items as EnvelopeItem[]).filter((item) => {
    const reason = whyNot(item[0].type, filter);
    if (reason !== undefined) lost.push({ item, reason });
    return reason === undefined;
  });
  if (lost.length === 0) return { envelope, lost };
  return { envelope: [header, kept] as Envelope, lost };
}

/** True of `rate` of all cases. */
export function isChosen(rate: number, random: () => number): boolean {
  return rate >= 1 || (rate > 0 && random() < rate);
}

function whyNot(
  type: string,
  { dropTransactions, itemRates, random }: ItemFilter,
): LostItem['reason'] | undefined {
  if (dropTransactions && type === 'transaction') return 'kill-switch';
  const rate = Object.hasOwn(itemRates, type) ? (itemRates[type] ?? 1) : 1;
  if (isChosen(rate, random)) return undefined;
  return rate > 0 ? 'sampled' : 'filtered';
}
