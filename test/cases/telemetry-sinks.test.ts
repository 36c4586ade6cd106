import { expect, onTestFinished, test } from 'vitest';
import { createIngest, type Ingest, type IngestAnswer } from '../rig/ingest-server.ts';
import { createTelemetryCheckout, type TelemetryCheckout } from '../rig/telemetry-checkout.ts';

const services = `{ web: { run: hostProcess({ command: ['sleep', '1000'] }) } }`;

/** What is captured besides the trace: three errors of a plugin, of which each has to arrive. */
const witness = `definePlugin({
  name: 'witness',
  setup({ hooks, use }) {
    hooks.afterHealth.tap('witness', async () => {
      const sentry = await use('sentry');
      for (const one of ['first', 'second', 'third']) sentry.captureMessage(one);
    });
  },
}),`;

const answers: readonly [name: string, IngestAnswer][] = [
  ['answers 429', { status: 429, headers: { 'retry-after': '60' } }],
  ['answers 500', { status: 500 }],
  ['never answers', 'hang'],
  ['hangs up', 'reset'],
  ['talks no HTTP', 'garbage'],
  ['answers without an end', 'endless-body'],
];

test.each(answers)(
  'one that %s costs the other nothing, whichever of the two it is',
  async (_, answer) => {
    for (const bad of ['upstream', 'relay']) {
      const checkout = openCheckout();
      const good = await openIngest('ok');
      const poor = await openIngest(answer);
      const [upstream, relay] = bad === 'upstream' ? [poor, good] : [good, poor];
      checkout.configure({
        sentry: `{ dsn: '${upstream.dsn}', sinks: { relay: '${relay.dsn}' }, flushTimeout: '100ms' }`,
        plugins: witness,
        services,
      });
      const up = await checkout.task('up', ['--json']);
      expect(up, bad).toMatchObject({ exitCode: 0, finished: { ok: true, errors: [] } });
      // By this process or by the one that it was left to.
      await good.waitFor(() => hasAll(good));
      expect(messagesOf(good), bad).toEqual(['first', 'second', 'third']);
      expect(onceOf(good, 'transaction'), bad).toHaveLength(1);
      expect(poor.envelopes().length, bad).toBeGreaterThan(0);
    }
  },
);

test.each(answers)('one that %s costs nobody the trace of a plain `up`', async (_, answer) => {
  const checkout = openCheckout();
  const good = await openIngest('ok');
  const poor = await openIngest(answer);
  checkout.configure({
    sentry: `{ dsn: '${poor.dsn}', sinks: { relay: '${good.dsn}' } }`,
    services,
  });
  const up = await checkout.task('up', ['--json']);
  expect(up).toMatchObject({ exitCode: 0, stderr: '', finished: { ok: true, errors: [] } });
  await good.waitFor((all) => all.length > 0);
  expect(good.items('transaction')).toMatchObject([{ transaction: 'devservices up' }]);
  await poor.waitFor((all) => all.length > 0);
});

test('what nobody has answered when the time is up arrives when the task has ended', async () => {
  const checkout = openCheckout();
  const slow = await openIngest('slow');
  checkout.configure({
    sentry: `{ dsn: '${slow.dsn}', flushTimeout: '50ms' }`,
    plugins: witness,
    services,
  });
  const up = await checkout.task('up', ['--json']);
  expect(up).toMatchObject({ exitCode: 0, finished: { ok: true, errors: [] } });
  // Nothing was answered so far: the task has waited for nobody.
  slow.answer('ok');
  slow.release();
  await slow.waitFor(() => hasAll(slow));
  expect(messagesOf(slow)).toEqual(['first', 'second', 'third']);
});

test('one that is away costs nothing', async () => {
  const checkout = openCheckout();
  const good = await openIngest('ok');
  const away = await createIngest();
  await away.close();
  checkout.configure({
    sentry: `{ dsn: '${away.dsn}', sinks: { relay: '${good.dsn}' } }`,
    plugins: witness,
    services,
  });
  const up = await checkout.task('up', ['--json']);
  expect(up).toMatchObject({ exitCode: 0, stderr: '', finished: { ok: true } });
  await good.waitFor(() => hasAll(good));
});

function openCheckout(): TelemetryCheckout {
  const checkout = createTelemetryCheckout();
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  return checkout;
}

async function openIngest(answer: IngestAnswer): Promise<Ingest> {
  const ingest = await createIngest({ answer });
  onTestFinished(() => ingest.close());
  return ingest;
}

/** What was answered too late, on a busy machine, comes twice, with the same id. */
const onceOf = (ingest: Ingest, type: string): readonly { message?: string }[] => {
  const items = ingest.items(type) as { event_id: string; message?: string }[];
  return [...new Map(items.map((item) => [item.event_id, item])).values()];
};

const messagesOf = (ingest: Ingest): string[] =>
  onceOf(ingest, 'event')
    .flatMap(({ message }) => message ?? [])
    .toSorted();

const hasAll = (ingest: Ingest): boolean =>
  messagesOf(ingest).length >= 3 && ingest.items('transaction').length > 0;
