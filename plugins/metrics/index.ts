import { join } from 'node:path';
import { definePlugin, type ResolvedConfig } from 'devservices';
import { metricsOptions } from './options.ts';

export type { Prometheus } from './contract.ts';
export { createMemorySink, type MemorySink } from './memory-sink.ts';

/**
 * Counts and times what the tool and plugins do, and tells those whom the options name; without one of
 * them nothing leaves the process but what the control API is asked for.
 *
 * @example
 * plugins: [metrics({ statsd: { host: 'statsd.example.org' }, tags: { team: 'shop' } })]
 */
export const metrics = definePlugin({
  name: 'metrics',
  options: metricsOptions,
  // Wherever StatsD is, and only there.
  permissions: { net: ['*'] },
  setup(ctx) {
    ctx.metrics.setTags(ctx.options.tags);
    let isBegun = false;
    const begin = async (config: Pick<ResolvedConfig, 'telemetry'>): Promise<void> => {
      if (isBegun) return;
      isBegun = true;
      const { attachSinks } = await import('./attach-sinks.ts');
      attachSinks(ctx, config);
    };
    ctx.hooks.initialize.tap('metrics', ({ config }) => begin(config));
    // What takes down is not initialised: it works with a broken configuration, and then nothing is sent.
    ctx.hooks.beforeDown.tap('metrics', async ({ config }) => {
      if (config) await begin(config);
    });
    if (!ctx.options.prometheus) return;
    ctx.expose('prometheus', async ({ checkoutFolder }) => {
      const { createPrometheus } = await import('./prometheus/create-prometheus.ts');
      return createPrometheus(join(checkoutFolder, 'events.ndjson'));
    });
  },
});
