import type { SentryOptions } from './options.ts';
import { defaultItemRates, type SinkSpec } from './sink-spec.ts';

/** The sinks that options name, `upstream` first; none where they name none. Pure. */
export function resolveSinks({ dsn, sinks }: Pick<SentryOptions, 'dsn' | 'sinks'>): SinkSpec[] {
  const named = Object.entries(sinks).map(([name, given]) =>
    typeof given === 'string'
      ? sinkOf({ name, dsn: given })
      : sinkOf({ name, dsn: given.dsn, sampleRate: given.sampleRate, items: given.items }),
  );
  const all = [...(dsn === undefined ? [] : [sinkOf({ name: 'upstream', dsn })]), ...named];
  return all
    .filter((sink) => sink.dsn !== '')
    .toSorted((a, b) => Number(b.name === 'upstream') - Number(a.name === 'upstream'));
}

/** One sink; what is not said is as for any. */
export function sinkOf(given: {
  name: string;
  dsn: string;
  sampleRate?: number;
  items?: Readonly<Record<string, number>>;
}): SinkSpec {
  const { name, dsn, sampleRate = 1, items = {} } = given;
  return { name, dsn, sampleRate, itemRates: { ...defaultItemRates, ...items } };
}
