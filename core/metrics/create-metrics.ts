import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, systemClock } from '../clock.ts';
import type { Logger } from '../log.ts';
import type { MetricDrop, Metrics } from '../metrics.ts';
import { defaultLimits, type MetricsLimits } from './limits.ts';
import { measureWork } from './measure-work.ts';
import { createMetricTable } from './metric-table.ts';
import { createRecorder, copyOf, type TagScope } from './recorder.ts';
import { createSinks } from './sinks.ts';
import { createTeller } from './tell-refusals.ts';

/** Metrics with their end, which whoever made them brings about. */
export interface OwnMetrics extends Metrics {
  /** Sends what is left and closes the sinks, within one deadline for all of them. Never throws. */
  close(): Promise<void>;
  /** Closes the sinks without sending what is left: whatever is measured is measured anew elsewhere. */
  discard(): void;
}

export interface CreateMetricsOptions {
  clock?: Clock;
  /** From 0 to below 1: decides what is sampled. */
  random?(): number;
  log?: Pick<Logger, 'debug' | 'warn'>;
  /** What has an illegal tag is refused; otherwise it is recorded without the tag. */
  isDevelopment?: boolean;
  limits?: Partial<MetricsLimits>;
}

/**
 * Sent nowhere until a sink is there.
 *
 * @example
 * const metrics = createMetrics({ log, isDevelopment: env.NODE_ENV === 'development' });
 */
export function createMetrics(options: CreateMetricsOptions = {}): OwnMetrics {
  const { clock = systemClock, random = Math.random, log, isDevelopment = false } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const dropped: Record<MetricDrop, number> = {
    cardinality: 0,
    illegal: 0,
    'queue-full': 0,
    'sink-failed': 0,
    deadline: 0,
  };
  const onDrop = (reason: MetricDrop, amount: number) => void (dropped[reason] += amount);
  const tell = createTeller(log, isDevelopment);
  const table = createMetricTable({
    limits,
    random,
    isStrict: isDevelopment,
    onChange: () => sinks.noteChange(table.changed()),
  });
  const sinks = createSinks({ clock, random, limits, log, onDrop, take: table.take });
  // Made when it is first needed: it costs each await of the process something.
  let scopes: AsyncLocalStorage<TagScope> | undefined;
  const { incr, record, setTags } = createRecorder({
    table,
    random,
    scope: () => scopes?.getStore(),
    onRefusal(refusal) {
      onDrop(refusal.drop, refusal.amount);
      tell(refusal);
    },
  });
  return {
    incr,
    gauge: (key, value, given) => record('gauge', key, value, given),
    timing: (key, ms, given) => record('timing', key, ms, given),
    distribution: (key, value, given) => record('distribution', key, value, given),
    timer: (key, work, given) =>
      measureWork({
        clock,
        work,
        tell: (ms, { tags, result }) =>
          record('timing', key, ms, {
            ...copyOf(given),
            tags: { ...copyOf(copyOf(given).tags), ...copyOf(tags), result },
          }),
      }),
    withTags(tags, work) {
      scopes ??= new AsyncLocalStorage();
      return scopes.run({ tags: { ...scopes.getStore()?.tags, ...copyOf(tags) } }, work);
    },
    setTags,
    addSink: sinks.add,
    snapshot: table.snapshot,
    dropped: () => ({ ...dropped }),
    close: sinks.close,
    discard: sinks.discard,
  };
}
