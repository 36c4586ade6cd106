import { Counter, Gauge, type Registry } from 'prom-client';
import type { MetricsMoment } from '../api-metrics.ts';

type Row = MetricsMoment['rows'][number];

/**
 * What plugins counted and timed: `devservices_<key>_count` and `devservices_<key>_sum`; of gauges
 * `devservices_<key>_last`.
 */
export function registerCounted(registry: Registry, rows: readonly Row[]): void {
  // What no number can hold is not told.
  const told = rows.filter(({ sum, last }) => Number.isFinite(sum) && Number.isFinite(last));
  const gauges = told.filter(({ kind }) => kind === 'gauge');
  for (const one of groupByName(gauges)) registerLast(registry, one);
  const others = told.filter(({ kind }) => kind !== 'gauge');
  for (const one of groupByName(others)) registerTotals(registry, one);
}

function registerLast(registry: Registry, [name, named]: [string, readonly Named[]]): void {
  const last = new Gauge({
    ...describe(named, 'the last'),
    name: `${name}_last`,
    registers: [registry],
  });
  for (const { row, labels } of named) last.set(labels, row.last);
}

function registerTotals(registry: Registry, [name, named]: [string, readonly Named[]]): void {
  const registers = [registry];
  const count = new Counter({ ...describe(named, 'how often'), name: `${name}_count`, registers });
  const sum = new Gauge({ ...describe(named, 'the sum'), name: `${name}_sum`, registers });
  for (const { row, labels } of named) {
    count.inc(labels, row.count);
    sum.inc(labels, row.sum);
  }
}

function describe(named: readonly Named[], what: string): { help: string; labelNames: string[] } {
  const key = printable(named[0]?.row.key);
  return {
    help: `Of \`${key}\`, as plugins have counted it: ${what}.`,
    labelNames: [...new Set(named.flatMap(({ labels }) => Object.keys(labels)))],
  };
}

interface Named {
  row: Row;
  labels: Readonly<Record<string, string>>;
}

// Two keys may have one name: they are counted together.
function groupByName(rows: readonly Row[]): ReadonlyMap<string, readonly Named[]> {
  const names = new Map<string, Named[]>();
  for (const row of rows) {
    const name = metricName(row.key);
    const named = names.get(name) ?? [];
    named.push({ row, labels: labelsOf(row.tags) });
    names.set(name, named);
  }
  return names;
}

function metricName(key: string): string {
  const name = `devservices_${sanitise(key)}`;
  // Those are the API's own, and the plugin's that counts what is in the journal.
  return /^devservices_(?:api|journal|service|stream)_/.test(name) ? `${name}_counted` : name;
}

function labelsOf(tags: Row['tags']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [labelName(name), printable(value)]),
  );
}

// Names that begin with two underscores are Prometheus's, `le` and `quantile` mean something to it.
function labelName(name: string): string {
  const plain = sanitise(name).replace(/^_+/, '');
  return /^(?:\d.*|le|quantile|)$/.test(plain) ? `tag_${plain}` : plain;
}

const sanitise = (text: string): string => text.replaceAll(/[^a-zA-Z0-9_]/g, '_');

// A line of the format ends at a newline alone, which is escaped; what reads it may see more.
// And who counts in JavaScript may give a number.
const printable = (value: unknown): string =>
  String(value).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
