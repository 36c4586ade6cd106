import { createTestHost, type TestHost } from 'devservices/testing';
import { expect, test } from 'vitest';
import type { Config } from '../../../../core/config/config.ts';
import { definePlugin } from '../../../../core/plugin/define-plugin.ts';
import { controlApi } from '../../../../plugins/control-api/index.ts';
import { metrics } from '../../../../plugins/metrics/index.ts';
import { image } from '../../../rig/kernel.ts';
import { readMetrics, type Sample, valueOf } from './read-metrics.ts';

const mailbox = definePlugin({
  name: 'mailbox',
  setup({ metrics: counted }) {
    counted.incr('mails.sent', { tags: { queue: 'fast' } });
    // As if they were the plugin's own.
    counted.incr('journal.services.started');
    counted.timing('service.time_to_ready', 5);
  },
});

const config: Config = {
  plugins: [metrics(), controlApi(), mailbox],
  services: { db: { run: image() }, web: { run: image() } },
};

/** What a server of this host answers. */
async function scrape(served: TestHost): Promise<readonly Sample[]> {
  await served.host.initialize('serve');
  const api = await served.host.use('api');
  const { body } = await api.client({ as: 'owner' }).get('/metrics');
  return readMetrics(body);
}

const started = (samples: readonly Sample[], service: string) =>
  valueOf(samples, 'devservices_journal_services_started_total', { service, action: 'create' });

test('what another process did is told by a server, and goes on growing over its restarts', async () => {
  await using made = createTestHost({ config });
  const first = made.again();
  expect(started(await scrape(first), 'db')).toBeUndefined();
  await made.up({ services: ['db'] });
  const before = await scrape(first);
  expect(started(before, 'db')).toBe(1);
  await first.host.close();

  const other = made.again();
  await other.up({ services: ['web'] });
  await other.host.close();
  const second = made.again();
  const after = await scrape(second);
  expect([started(after, 'db'), started(after, 'web')]).toEqual([1, 1]);
  const counters = before.filter(({ name }) =>
    /^devservices_journal_.*_(?:total|count|sum|bucket)$/.test(name),
  );
  expect(counters.length).toBeGreaterThan(10);
  for (const { name, labels, value } of counters) {
    expect(
      valueOf(after, name, labels),
      `${name} ${JSON.stringify(labels)}`,
    ).toBeGreaterThanOrEqual(value);
  }
  await second.host.close();
});

test('calls of the API and pulls are told by the next scrape', async () => {
  await using made = createTestHost({ config });
  await scrape(made);
  const api = await made.host.use('api');
  const refused = api.client().get('/services');
  await expect(refused).rejects.toMatchObject({ status: 401 });
  const redis = 'registry.example.org:5000/redis:7';
  const pulled = { status: 'pulled', current: 4000, total: 4000, elapsedMs: 1500 };
  made.host.events.emit({ event: 'image-progress', image: redis, ...pulled });
  const samples = await scrape(made);
  const of = (name: string, labels = {}) => valueOf(samples, `devservices_journal_${name}`, labels);
  expect(of('api_requests_total', { method: 'GET', status: '401' })).toBe(1);
  expect(of('api_seconds_count', { method: 'GET', status: '401' })).toBe(1);
  const labels = { image: 'registry.example.org:5000/redis' };
  expect(of('pulls_total', { ...labels, result: 'pulled' })).toBe(1);
  expect(of('pull_bytes_total', labels)).toBe(4000);
  expect(of('pull_seconds_sum', labels)).toBe(1.5);
});

test('no name stands there twice, whatever plugins call theirs', async () => {
  await using made = createTestHost({ config });
  await made.up();
  // It fails by itself where a name or a series stands there twice.
  const samples = await scrape(made);
  const names = new Set(samples.map(({ name }) => name));
  expect(names).toContain('devservices_mails_sent_count');
  expect(names).toContain('devservices_journal_services_started_counted_count');
  expect(names).toContain('devservices_journal_service_time_to_ready_seconds_count');
  expect(names).toContain('devservices_service_state');
  // What the journal tells for all processes is not told again for this one.
  expect([...names].filter((name) => /time_to_ready/.test(name) && !/journal/.test(name))).toEqual(
    [],
  );
});

test('without the plugin, or with it told not to, there is nothing of the journal', async () => {
  for (const plugins of [[controlApi()], [metrics({ prometheus: false }), controlApi()]]) {
    await using made = createTestHost({ config: { ...config, plugins } });
    await made.up();
    const samples = await scrape(made);
    expect(samples.filter(({ name }) => name.includes('journal'))).toEqual([]);
    expect(valueOf(samples, 'devservices_service_state', { service: 'db', state: 'ready' })).toBe(
      1,
    );
  }
});
