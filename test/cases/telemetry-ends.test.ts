import { expect, onTestFinished, test } from 'vitest';
import { createIngest } from '../rig/ingest-server.ts';
import { createStatsd } from '../rig/statsd-server.ts';
import { createTelemetryCheckout, type Transaction } from '../rig/telemetry-checkout.ts';

/** Counts before anything is started, then ends the process in its own way when all is ready. */
const shop = (atTheEnd: string) => `definePlugin({
  name: 'shop',
  setup({ hooks, metrics }) {
    hooks.beforeUp.tap('shop', () => metrics.incr('shop.opened', { amount: 3 }));
    hooks.afterHealth.tap('shop', async () => { ${atTheEnd} });
  },
}),`;

const signal = (name: 'SIGINT' | 'SIGTERM') => ({
  atTheEnd: '',
  // Never ready: there is time to end it.
  ready: `ready: ready.command(['false'], { interval: '20ms' }),`,
  signal: name,
});

test.each<
  [
    how: string,
    exitCode: number,
    { atTheEnd: string; ready?: string; signal?: 'SIGINT' | 'SIGTERM' },
  ]
>([
  ['returns', 0, { atTheEnd: '' }],
  ['is asked to end by Ctrl-C', 130, signal('SIGINT')],
  ['is asked to end by SIGTERM', 143, signal('SIGTERM')],
  ['is ended by a plugin', 7, { atTheEnd: 'process.exit(7);' }],
  [
    'throws where nobody catches it',
    70,
    { atTheEnd: `setImmediate(() => { throw new Error('late'); }); await new Promise(() => {});` },
  ],
])(
  'a task that %s has sent what it counted',
  async (_, exitCode, { atTheEnd, ready, signal: sent }) => {
    const checkout = createTelemetryCheckout();
    onTestFinished(() => checkout[Symbol.asyncDispose]());
    const statsd = await createStatsd();
    onTestFinished(() => statsd.close());
    checkout.configure({
      metrics: `{ statsd: { port: ${statsd.port} } }`,
      plugins: shop(atTheEnd),
      services: `{ web: { run: hostProcess({ command: ['sleep', '1000'] }), ${ready ?? ''} } }`,
    });
    let isAsked = false;
    const up = await checkout.task('up', ['--json'], {
      onOutput(text, kill) {
        if (sent === undefined || isAsked || !text.includes('"probe-failed"')) return;
        isAsked = true;
        kill(sent);
      },
    });
    expect(up.exitCode, up.stderr).toBe(exitCode);
    // All of it was handed to the machine before the process ended: it is here, or about to be.
    await statsd.waitFor(() => statsd.total('devservices.shop.opened') >= 3);
    expect(statsd.total('devservices.shop.opened')).toBe(3);
    expect(statsd.total('devservices.services.started')).toBe(1);
  },
);

test('Ctrl-C in the middle of an `up` is told, as an end that somebody wanted', async () => {
  const checkout = createTelemetryCheckout();
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  const ingest = await createIngest();
  onTestFinished(() => ingest.close());
  const { ready } = signal('SIGINT');
  checkout.configure({
    sentry: `{ dsn: '${ingest.dsn}' }`,
    services: `{ web: { run: hostProcess({ command: ['sleep', '1000'] }), ${ready} } }`,
  });
  let isAsked = false;
  const up = await checkout.task('up', ['--json'], {
    onOutput(text, kill) {
      if (isAsked || !text.includes('"probe-failed"')) return;
      isAsked = true;
      kill('SIGINT');
    },
  });
  expect(up.exitCode).toBe(130);
  await ingest.waitFor(() => ingest.items('transaction').length > 0);
  const [trace] = ingest.items('transaction') as Transaction[];
  expect(trace).toMatchObject({
    contexts: { trace: { status: 'cancelled' } },
    tags: { exit_code: '130' },
  });
  // What was under way when it was cut short has an end too.
  for (const { start_timestamp: began, timestamp: ended } of trace?.spans ?? []) {
    expect(ended).toBeGreaterThanOrEqual(began);
  }
  expect(ingest.items('event')).toEqual([]);
});
