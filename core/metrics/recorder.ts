import type { MetricKind, MetricOptions, MetricTags } from '../metrics.ts';
import type { MetricTable, Refusal, TableRow } from './metric-table.ts';
import { createRowCache, type RowCache } from './row-cache.ts';
import { isCounter } from './totals.ts';

/** Tags of all that is recorded while some work goes on. */
export interface TagScope {
  readonly tags: MetricTags;
}

/** Takes measurements in. Throws nothing, whatever it is given. */
export interface Recorder {
  incr(key: string, options?: MetricOptions): void;
  record(kind: MetricKind, key: string, value: number, options?: MetricOptions): void;
  setTags(tags: MetricTags): void;
}

export interface RecorderOptions {
  table: Pick<MetricTable, 'rowOf' | 'add'>;
  random(): number;
  /** Undefined outside of any. */
  scope(): TagScope | undefined;
  /** With what the measurement would have counted for. */
  onRefusal(refusal: Refusal & { key: unknown; amount: number }): void;
}

export function createRecorder({ table, random, scope, onRefusal }: RecorderOptions): Recorder {
  let common: MetricTags = {};
  let cache = createRowCache<TableRow>(mostCached);
  let scopeCaches = new WeakMap<TagScope, RowCache<TableRow>>();

  const cacheOf = (inner: TagScope): RowCache<TableRow> => {
    const known = scopeCaches.get(inner);
    if (known) return known;
    const made = createRowCache<TableRow>(mostCached);
    scopeCaches.set(inner, made);
    return made;
  };
  const refuse = (kind: MetricKind, key: unknown, refusal: Refusal & { value: number }) => {
    const amount = isCounter(kind) ? refusal.value : 1;
    onRefusal({ ...refusal, key, amount: Number.isFinite(amount) && amount > 0 ? amount : 1 });
  };

  const take = (kind: MetricKind, key: string, value: number, options?: MetricOptions): void => {
    const rate = options?.sampleRate;
    let weight = 1;
    if (rate !== undefined && rate !== 1) {
      if (!isLegalRate(rate)) return refuse(kind, key, { ...noRate, value });
      if (random() >= rate) return;
      weight = weightOf(rate);
    }
    if (!isLegal(kind, value) || value * weight === Infinity)
      return refuse(kind, key, { ...noValue, value });

    const inner = scope();
    const rows = inner === undefined ? cache : cacheOf(inner);
    const known = rows.find(key, options);
    // Most end here.
    if (known !== undefined && known.kind === kind) return table.add(known, value, weight);

    const tags = { ...common, ...inner?.tags, ...options?.tags };
    const row = table.rowOf({ kind, key, instance: options?.instance, tags });
    if ('drop' in row) return refuse(kind, key, { ...row, value: value * weight });
    rows.keep(key, options, row);
    table.add(row, value, weight);
  };

  return {
    incr(key, options) {
      try {
        take('counter', key, options?.amount ?? 1, options);
      } catch {
        refuse('counter', key, { ...unreadable, value: 1 });
      }
    },
    record(kind, key, value, options) {
      try {
        take(kind, key, value, options);
      } catch {
        refuse(kind, key, { ...unreadable, value: 1 });
      }
    },
    setTags(tags) {
      common = { ...common, ...copyOf(tags) };
      cache = createRowCache(mostCached);
      scopeCaches = new WeakMap();
    },
  };
}

/** A copy; of what throws when it is read, nothing. */
export function copyOf<T extends MetricTags | MetricOptions>(given: T | undefined): T {
  try {
    return { ...given } as T;
  } catch {
    return {} as T;
  }
}

// Of ways to write keys and tags; each row has one at least.
const mostCached = 10_000;

// To a 2^24th, so that sums of them are exact: what went in and what came out can be compared.
const weightOf = (rate: number): number => Math.round(2 ** 24 / rate) / 2 ** 24;

const isLegalRate = (rate: number): boolean => Number.isFinite(rate) && rate >= 0 && rate <= 1;

// A text that is a number is none.
const isLegal = (kind: MetricKind, value: number): boolean =>
  Number.isFinite(value) && (value >= 0 || kind === 'gauge' || kind === 'distribution');

const noRate: Refusal = { drop: 'illegal', why: 'its sample rate is not from 0 to 1' };
const noValue: Refusal = { drop: 'illegal', why: 'its value is no number, or none that can be' };
const unreadable: Refusal = { drop: 'illegal', why: 'its options cannot be read' };
