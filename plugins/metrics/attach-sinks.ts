import type { PluginContext } from 'devservices';
import { createJournalCount } from './count-journal.ts';
import { createLogSink } from './log-sink.ts';
import type { MetricsOptions } from './options.ts';
import { createStatsdSink } from './statsd/statsd-sink.ts';

/** Adds the sinks that the options name, and counts what happens in this process. */
export function attachSinks(
  { options, metrics, events, log }: PluginContext<MetricsOptions>,
  { telemetry }: { telemetry: boolean },
): void {
  const { prefix, statsd, memory } = options;
  if (statsd && telemetry) metrics.addSink(createStatsdSink({ ...statsd, prefix }));
  if (memory) metrics.addSink(memory);
  if (options.log) {
    const { level } = options.log === true ? { level: 'debug' as const } : options.log;
    metrics.addSink(createLogSink(log, { level, prefix }));
  }
  const count = createJournalCount({
    incr: (key, tags, amount = 1) => metrics.incr(key, { tags, amount }),
    timing: (key, ms, tags) => metrics.timing(key, ms, { tags }),
  });
  events.subscribe(count, { replay: true });
}
