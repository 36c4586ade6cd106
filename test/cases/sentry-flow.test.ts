import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { createIngest } from '../rig/ingest-server.ts';
import { createStatsd } from '../rig/statsd-server.ts';
import { createTelemetryCheckout, type ErrorEvent } from '../rig/telemetry-checkout.ts';

const engine = await ensureEngine();

/** One's own file beside the example's configuration: who is told, and a plugin that has something to tell. */
const own = (places: { upstream: string; relay: string; statsd: number }) => `
import { definePlugin } from 'devservices';
import { metrics } from 'devservices/plugins/metrics';
import { sentry } from 'devservices/plugins/sentry';

const shop = definePlugin({
  name: 'shop',
  setup({ hooks, metrics, use }) {
    hooks.afterHealth.tap('shop', async () => {
      metrics.incr('shop.opened', { amount: 3 });
      (await use('sentry')).captureMessage('the shop is open', { tags: { shop: 'first' } });
    });
  },
});

export default {
  plugins: [
    sentry({ dsn: '${places.upstream}', sinks: { relay: '${places.relay}' }, flushTimeout: '10s' }),
    metrics({ statsd: { port: ${places.statsd} } }),
    shop,
  ],
};
`;

test.skipIf(engine === null)(
  'one `up` of the example is configured, initialised, captured, sent to both and counted',
  async () => {
    const checkout = createTelemetryCheckout(engine);
    onTestFinished(() => checkout[Symbol.asyncDispose]());
    const upstream = await createIngest();
    onTestFinished(() => upstream.close());
    const relay = await createIngest();
    onTestFinished(() => relay.close());
    const statsd = await createStatsd();
    onTestFinished(() => statsd.close());

    cpSync(join(import.meta.dirname, '../../examples/sentry'), checkout.root, { recursive: true });
    checkout.write({
      'devservices.local.ts': own({
        upstream: upstream.dsn,
        relay: relay.dsn,
        statsd: statsd.port,
      }),
    });
    const [port] = await freePorts(1);
    const set = [
      `services.redis.run.docker.image=${engine?.images.redis}`,
      `services.redis.ports.redis.host=${port}`,
    ];
    const up = await checkout.task('up', [
      'redis',
      '--project',
      checkout.root.split('/').at(-1) ?? '',
      ...set.flatMap((one) => ['--set', one]),
      '--offline',
      '--json',
    ]);
    expect(up.finished, up.stderr).toMatchObject({
      errors: [],
      services: { redis: { state: 'ready' } },
    });

    // configure → initialize, where configureSdk decides → what the plugin captures → the end.
    const order = checkout.journal().flatMap((event) => {
      if (event.event === 'phase-ended') return [event.phase];
      if (event.event === 'hook-ended') return [`${event.plugin} ${event.hook}`];
      return event.event === 'up-finished' ? ['the end'] : [];
    });
    const wanted = ['configure', 'sentry initialize', 'initialize', 'shop afterHealth', 'the end'];
    expect(order.filter((one) => wanted.includes(one))).toEqual(wanted);

    // Both got what was captured, once, and the trace.
    for (const ingest of [upstream, relay]) {
      const events = ingest.items('event') as ErrorEvent[];
      expect(events.map(({ message, tags }) => [message, tags?.['shop']])).toEqual([
        ['the shop is open', 'first'],
      ]);
      expect(ingest.items('transaction')).toMatchObject([{ transaction: 'devservices up' }]);
    }
    // The patched transports counted what they were given and each attempt, and the plugin what it wanted.
    const total = (key: string) => statsd.total(`devservices.${key}`);
    await statsd.waitFor(() => total('internal.sent_requests.relay.events') >= 2);
    for (const sink of ['upstream', 'relay']) {
      expect(total(`internal.captured.events.${sink}`), sink).toBe(2);
      expect(total(`internal.sent_requests.${sink}.events`), sink).toBe(2);
    }
    expect(total('shop.opened')).toBe(3);
  },
);
