import type { Logger, MetricSample, MetricsSink } from 'devservices/runner';
import { plainText } from 'devservices/machine';

const mostKeys = 40;
const mostRows = 12;

/** A line for each key of a batch: `pull.ms: redis pulled 1200, mysql pulled 800 (mean of 2)`. */
export function createLogSink(
  log: Logger,
  { level, prefix }: { level: 'debug' | 'info'; prefix: string },
): MetricsSink {
  const tell = (batch: readonly MetricSample[]): void => {
    const byKey = new Map<string, MetricSample[]>();
    for (const sample of batch) byKey.set(sample.key, [...(byKey.get(sample.key) ?? []), sample]);
    const keys = [...byKey];
    for (const [key, samples] of keys.slice(0, mostKeys)) {
      const shown = samples.slice(0, mostRows).map(describe).join(', ');
      log[level](plainText(`${prefix}${key}: ${shown}${more(samples.length - mostRows)}`));
    }
    if (keys.length > mostKeys) log[level](`${keys.length - mostKeys} more keys were measured.`);
  };
  return { name: 'log', send: tell, sendNow: tell };
}

const more = (rows: number): string => (rows > 0 ? `, and ${rows} more` : '');

function describe({ kind, tags, count, sum, last }: MetricSample): string {
  const amount = { counter: sum, gauge: last }[kind as string] ?? (count === 0 ? 0 : sum / count);
  const isMean = (kind === 'timing' || kind === 'distribution') && count !== 1;
  return [
    ...Object.values(tags),
    rounded(amount),
    ...(isMean ? [`(mean of ${rounded(count)})`] : []),
  ].join(' ');
}

const rounded = (value: number): string => String(Math.round(value * 100) / 100);
