import { expect, test } from 'vitest';
import { processErrors } from '../../../../plugins/process/errors.ts';
import { createApiMetrics } from '../../../../plugins/control-api/api-metrics.ts';
import { createProjectReader } from '../../../../plugins/control-api/routes/project-reader.ts';
import { metricsHandlers } from '../../../../plugins/control-api/routes/metrics.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHost } from '../../../../core/testing/test-host.ts';
import { createMetrics } from '../../../../core/metrics/create-metrics.ts';
import { image } from '../../../rig/kernel.ts';
import { asked } from '../routes/open-handlers.ts';
import { readMetrics, valueOf } from './read-metrics.ts';

/** Asks once, of the project as it is then. */
async function scrape(made: TestHost) {
  const closing = new AbortController();
  const { signal } = closing;
  const run = () => Promise.reject(new Error('nothing is run'));
  const opened: TestHost[] = [];
  const open = () => {
    const again = made.again();
    opened.push(again);
    return again.host;
  };
  const counted = createMetrics();
  counted.incr('mail.sent');
  await made.host.configure();
  const handlers = metricsHandlers({
    apiMetrics: createApiMetrics(),
    metrics: counted,
    log: made.host.log,
    reader: createProjectReader({ project: { open, run }, clock: createFakeClock(), signal }),
    use: (token) => made.host.use(token),
  });
  try {
    return readMetrics(await handlers['GET /metrics'](asked({})));
  } finally {
    closing.abort();
    await Promise.all(opened.map(({ host }) => host.close()));
  }
}

test('services and what they use are read at that moment', async () => {
  await using made = createTestHost({
    config: { services: { db: { run: image() }, web: { run: image() } } },
  });
  made.runner.setStats('db', {
    cpuMs: 2500,
    memoryBytes: 1024,
    memoryLimitBytes: null,
    networkReceivedBytes: 7,
    networkSentBytes: null,
    processes: 3,
  });
  await made.up({ services: ['db'] });
  const samples = await scrape(made);
  const state = (service: string, now: string) =>
    valueOf(samples, 'devservices_service_state', { service, state: now });
  expect([state('db', 'ready'), state('db', 'stopped')]).toEqual([1, 0]);
  expect([state('web', 'ready'), state('web', 'stopped')]).toEqual([0, 1]);
  expect(valueOf(samples, 'devservices_service_cpu_seconds_total', { service: 'db' })).toBe(2.5);
  expect(valueOf(samples, 'devservices_service_memory_bytes', { service: 'db' })).toBe(1024);
  const network = samples.filter(({ name }) => name === 'devservices_service_network_bytes_total');
  expect(network.map(({ labels, value }) => [labels['direction'], value])).toEqual([
    ['received', 7],
  ]);
  expect(valueOf(samples, 'devservices_mail_sent_count')).toBe(1);
});

test('where the project cannot be looked at, the rest is told all the same', async () => {
  await using made = createTestHost({ config: { services: { db: { run: image() } } } });
  made.runner.setAvailable(processErrors.create('DS_PROCESS_PLATFORM', { platform: 'win32' }));
  const samples = await scrape(made);
  expect(valueOf(samples, 'devservices_mail_sent_count')).toBe(1);
  expect(valueOf(samples, 'devservices_stream_clients')).toBe(0);
});
