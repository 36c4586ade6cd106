import { Counter, Histogram, Registry } from 'prom-client';
import { type Counting, type Measure, type MeasureKey, measures } from '../measures.ts';

/** Counts, and writes it down. */
export interface JournalInstruments extends Counting {
  render(): Promise<string>;
}

// Tags with ever new values must not grow the page without end.
const mostSeries = 200;

/** Names are `devservices_journal_…`, with `_total` of counters and `_seconds` of times. */
export function createInstruments(): JournalInstruments {
  const registry = new Registry();
  const named = Object.entries(measures) as [MeasureKey, Measure][];
  const records = new Map(named.map(([key, measure]) => [key, instrument(registry, key, measure)]));
  const record = (key: MeasureKey, tags: Readonly<Record<string, string>>, amount: number) =>
    records.get(key)?.(tags, amount);
  return {
    incr: (key, tags, amount = 1) => record(key, tags, amount),
    timing: (key, ms, tags) => record(key, tags, ms / 1000),
    render: () => registry.metrics(),
  };
}

type Recorder = (tags: Readonly<Record<string, string>>, amount: number) => void;

function instrument(registry: Registry, key: MeasureKey, { kind, tags, help }: Measure): Recorder {
  const base = `devservices_journal_${key.replaceAll('.', '_')}`;
  const registers = [registry];
  const labelNames = [...tags];
  const label = createLabels(tags);
  if (kind === 'counter') {
    const counter = new Counter({ name: `${base}_total`, help, labelNames, registers });
    return (given, amount) => counter.inc(label(given), amount);
  }
  const name = `${base.replace(/_ms$/, '')}_seconds`;
  const buckets = [0.05, 0.25, 1, 2.5, 5, 10, 30, 60, 300];
  const histogram = new Histogram({ name, help, labelNames, registers, buckets });
  return (given, seconds) => histogram.observe(label(given), seconds);
}

/** Labels as they may stand on a line; of series beyond the most each label is `other`. */
function createLabels(names: readonly string[]) {
  const seen = new Set<string>();
  const others = Object.fromEntries(names.map((name) => [name, 'other']));
  return (tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
    const labels = names.map((name) => [name, printable(tags[name] ?? '')] as const);
    const id = JSON.stringify(labels);
    if (!seen.has(id) && seen.size >= mostSeries) return others;
    seen.add(id);
    return Object.fromEntries(labels);
  };
}

// A line of the format ends at a newline alone, which is escaped; what reads it may see more.
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
