import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { type Config, container, type DevServicesEvent, definePlugin, secret } from 'devservices';
import { sentry } from 'devservices/plugins/sentry';
import { expect, onTestFinished, test } from 'vitest';
import { createTestHost } from '../../../core/testing.ts';
import { createIngest, type Ingest } from '../../rig/ingest-server.ts';
import type { ErrorEvent } from '../../rig/telemetry-checkout.ts';

interface Transaction {
  transaction: string;
  start_timestamp: number;
  timestamp: number;
  tags: Record<string, string>;
  contexts: { trace: { trace_id: string; span_id: string; op: string } };
  spans: readonly {
    op: string;
    description: string;
    parent_span_id: string;
    start_timestamp: number;
    timestamp: number;
    data: Record<string, unknown>;
  }[];
}

const commit = '0123456789abcdef0123456789abcdef01234567';

async function openIngest(): Promise<Ingest> {
  const ingest = await createIngest();
  onTestFinished(() => ingest.close());
  return ingest;
}

function openHost(config: Config, env: Record<string, string> = {}) {
  const host = createTestHost({ config, env: { CI: '', ...env } });
  onTestFinished(() => host.close());
  mkdirSync(join(host.root, '.git'), { recursive: true });
  writeFileSync(join(host.root, '.git/HEAD'), commit);
  return host;
}

const services = {
  redis: { run: container({ image: 'redis:7' }) },
  web: { run: container({ image: 'shop/web:1' }), dependsOn: ['redis'] },
};

test('the trace of an `up` is what its events say', async () => {
  const ingest = await openIngest();
  const options = { dsn: ingest.dsn, flushTimeout: '10s', machine: 'laptop-7' } as const;
  const host = openHost({ plugins: [sentry(options)], services }, { CI: '1' });
  await host.up();
  await host.close();
  expect(ingest.envelopes()).toHaveLength(1);
  const [told] = ingest.items('transaction') as Transaction[];
  if (!told) throw new Error('no transaction');
  expect(told).toMatchObject({
    transaction: 'devservices up',
    contexts: { trace: { op: 'task' } },
    tags: { task: 'up', revision: commit, machine: 'laptop-7', ci: 'true', runners: 'docker' },
  });
  expect(told.tags['checkout']).toMatch(/^[0-9a-f]{8}$/);
  expect(Math.round(told.start_timestamp * 1000)).toBe(Date.parse(host.events[0]?.at ?? ''));

  const wanted = phasesOf(host.events).map((phase) => JSON.stringify(phase));
  const phases = told.spans.filter(({ op }) => op === 'phase');
  const seen = phases.map(({ description, data, ...span }) =>
    JSON.stringify([
      description,
      data['service'] ?? null,
      Math.round(span.start_timestamp * 1000),
      Math.round(span.timestamp * 1000),
    ]),
  );
  expect(wanted.length).toBeGreaterThan(5);
  expect(seen.toSorted()).toEqual(wanted.toSorted());
  const of = (op: string) => told.spans.filter((span) => span.op === op);
  expect(of('service').map(({ description }) => description)).toEqual(['redis', 'web']);
  const hooks = host.events.filter(({ event }) => event === 'hook-ended');
  expect(of('hook')).toHaveLength(hooks.length);
});

function phasesOf(events: readonly DevServicesEvent[]) {
  const open = new Map<string, number>();
  return events.flatMap((event) => {
    if (event.event !== 'phase-started' && event.event !== 'phase-ended') return [];
    const { phase, service = null } = event;
    const key = `${phase} ${service}`;
    if (event.event === 'phase-started') {
      open.set(key, Date.parse(event.at));
      return [];
    }
    return [[phase, service, open.get(key), Date.parse(event.at)] as const];
  });
}

const shop = definePlugin({
  name: 'shop',
  setup({ hooks, use }) {
    hooks.initialize.tap({ name: 'shop', stage: 'early' }, async () => {
      const contract = await use('sentry');
      contract.captureMessage('opened', { level: 'warning', tags: { shop: 'first' } });
      contract.captureException(new RangeError('of ada'), { isUnsafe: true });
    });
  },
});

test('what another plugin captures before the SDK is loaded is sent; what is unsafe goes upstream alone', async () => {
  const [upstream, relay] = [await openIngest(), await openIngest()];
  const options = { dsn: upstream.dsn, sinks: { relay: relay.dsn }, flushTimeout: '10s' } as const;
  const host = openHost({ plugins: [sentry(options), shop], services });
  await host.up();
  const contract = await host.host.use('sentry');
  expect(contract.sinks).toEqual(['upstream', 'relay']);
  expect(await contract.flush(10_000)).toBe(true);
  const kinds = (ingest: Ingest) =>
    (ingest.items('event') as { level: string; message?: string; exception?: unknown }[]).map(
      ({ level, message }) => `${level} ${message ?? 'exception'}`,
    );
  expect(kinds(upstream).toSorted()).toEqual(['error exception', 'warning opened']);
  expect(kinds(relay)).toEqual(['warning opened']);
  const counts = contract.counts();
  expect(counts['upstream']).toMatchObject({ captured: 2, sent: 2 });
  expect(counts['relay']).toMatchObject({ captured: 2, sent: 1, dropped: { unsafe: 1 } });
  await host.close();
  expect(JSON.stringify(upstream.items('event'))).not.toContain('of ada');
  // The events are of the trace of the task.
  const [event] = upstream.items('event') as { contexts: Transaction['contexts'] }[];
  const [trace] = upstream.items('transaction') as Transaction[];
  expect(event?.contexts.trace.trace_id).toBe(trace?.contexts.trace.trace_id);
});

test('nobody is told of anything with no sink, with telemetry off, or of traces where they are not wanted', async () => {
  const ingest = await openIngest();
  const plugins = [sentry({ dsn: ingest.dsn, flushTimeout: '10s' }), shop];
  for (const config of [
    { plugins: [sentry, shop], services },
    { plugins, services, telemetry: false },
  ]) {
    const host = openHost(config);
    await host.up();
    const contract = await host.host.use('sentry');
    expect([contract.sinks, contract.counts()]).toEqual([[], {}]);
    expect(await contract.flush(1000)).toBe(true);
    await host.close();
  }
  expect(ingest.envelopes()).toEqual([]);
  for (const quiet of [{ tracesSampleRate: 0 }, { dropTransactions: true }]) {
    const traceless = sentry({ dsn: ingest.dsn, flushTimeout: '10s', ...quiet });
    const host = openHost({ plugins: [traceless, shop], services });
    await host.up();
    await host.close();
  }
  expect(ingest.items('transaction')).toEqual([]);
  expect(ingest.items('event')).toHaveLength(4);
});

test('no secret, path, name of user or host, or command line is in what is sent', async () => {
  const ingest = await openIngest();
  const words = ['hunter2', 'ada-lovelace', '--secret-flag', '/srv/elsewhere'];
  const failing = definePlugin({
    name: 'failing',
    setup({ hooks, use }) {
      hooks.afterHealth.tap('failing', async () => {
        const contract = await use('sentry');
        contract.captureException(new Error(words.join(' ')));
        contract.captureMessage(`at /srv/elsewhere of ${hostname()}`, {
          tags: { at: '/srv/elsewhere' },
        });
        throw new Error(words.join(' '));
      });
    },
  });
  const run = container({
    image: 'shop/web:1',
    command: ['serve', '--secret-flag'],
    environment: { PASSWORD: secret('hunter2') },
  });
  const host = openHost({
    plugins: [sentry({ dsn: ingest.dsn, flushTimeout: '10s' }), failing],
    services: { web: { run } },
  });
  await host.up();
  await host.close();
  const events = ingest.items('event') as ErrorEvent[];
  expect(events).toHaveLength(3);
  const failed = events.find(({ tags }) => tags?.['code'] === 'DS_PLUGIN_THREW');
  expect(failed).toMatchObject({
    tags: { plugin: 'failing', hook: 'afterHealth' },
    fingerprint: ['DS_PLUGIN_THREW', 'failing'],
  });
  expect(JSON.stringify(failed)).toContain('test/plugins/sentry/up.test.ts');
  expect(events.map(({ message }) => message)).toContain('at [path] of [host]');
  const received = ingest.envelopes().map(({ raw }) => raw.toString('utf8'));
  for (const word of [...words, host.root, import.meta.dirname, 'shop/web:1']) {
    expect(
      received.filter((text) => text.includes(word)),
      word,
    ).toEqual([]);
  }
});
