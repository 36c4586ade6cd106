/** Where envelopes are sent, and which. */
export interface SinkSpec {
  /** `upstream`, `relay` or any other; in metrics and messages. */
  name: string;
  dsn: string;
  /** From 0 to 1: how many of the envelopes. */
  sampleRate: number;
  /** By type of item, from 0 to 1: how many of those. Of types that are not named all go. */
  itemRates: Readonly<Record<string, number>>;
}

/** What a sink gets unless its options say otherwise: measurements of ours are for those who ask for them. */
export const defaultItemRates: SinkSpec['itemRates'] = {
  statsd: 0,
  metric_buckets: 0,
  trace_metric: 0,
};

/** Whether any trace gets there. */
export function takesTransactions({ sampleRate, itemRates }: SinkSpec): boolean {
  return sampleRate > 0 && (itemRates['transaction'] ?? 1) > 0;
}
