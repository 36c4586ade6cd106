import type { Logger, MetricSample, MetricsSink } from 'devservices/runner';
import { plainText } from 'devservices/machine';

const mostRows = 20;

/** One line for each batch. */
export function createLogSink(
  log: Logger,
  { level, prefix }: { level: 'debug' | 'info'; prefix: string },
): MetricsSink {
  const tell = (batch: readonly MetricSample[]): void => {
    const shown = batch.slice(0, mostRows).map((sample) => `${prefix}${describe(sample)}`);
    const more = batch.length - shown.length;
    log[level](`Measured: ${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''}`);
  };
  return { name: 'log', send: tell, sendNow: tell };
}

/** `pull.ms{image=redis} 2 of 1200 in the mean` */
function describe({ kind, key, tags, count, sum, last }: MetricSample): string {
  const pairs = Object.entries(tags).map(([name, value]) => `${name}=${value}`);
  const name = `${key}${pairs.length > 0 ? `{${pairs.join(' ')}}` : ''}`;
  return plainText(`${name} ${amountOf()}`);

  function amountOf(): string {
    if (kind === 'counter') return shown(sum);
    if (kind === 'gauge') return shown(last);
    return count === 0 ? '0' : `${shown(count)} of ${shown(sum / count)} in the mean`;
  }
}

const shown = (value: number): string => String(Math.round(value * 100) / 100);
