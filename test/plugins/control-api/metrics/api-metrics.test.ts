import fc from 'fast-check';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createMetrics } from '../../../../core/metrics/create-metrics.ts';
import {
  type ApiMetrics,
  createApiMetrics,
  type MetricsMoment,
} from '../../../../plugins/control-api/api-metrics.ts';
import { metricsContentType } from '../../../../plugins/control-api/specs/metrics.ts';
import { serviceStates } from '../../../../plugins/control-api/specs/reports.ts';
import { readMetrics, valueOf } from './read-metrics.ts';

const nothing: MetricsMoment = { services: [], stats: [], rows: [] };
const rowOf = (key: string, tags: Readonly<Record<string, string>>) =>
  ({ kind: 'counter', key, tags, count: 1, sum: 1, min: 1, max: 1, last: 1 }) as const;
const read = async (metrics: ApiMetrics, moment: Partial<MetricsMoment> = {}) =>
  readMetrics(await metrics.render({ ...nothing, ...moment }));

test('the text is of the type that its route says', () => {
  expect(metricsContentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
});

test('calls are counted by route and status, and timed', async () => {
  const metrics = createApiMetrics();
  const route = '/services/{name}';
  for (const elapsedMs of [0.5, 3, 700]) {
    metrics.noteCall({ method: 'GET', route, status: 200, elapsedMs });
  }
  metrics.noteCall({ method: 'GET', route, status: 404, elapsedMs: 2 });
  metrics.noteCall({ method: 'POST', route: '', status: 404, elapsedMs: 1 });
  const samples = await read(metrics);
  const total = (labels: Record<string, string>) =>
    valueOf(samples, 'devservices_api_requests_total', labels);
  expect(total({ method: 'GET', route, status: '200' })).toBe(3);
  expect(total({ method: 'GET', route, status: '404' })).toBe(1);
  expect(total({ method: 'POST', route: '', status: '404' })).toBe(1);
  const durations = 'devservices_api_request_duration_seconds';
  const ofRoute = { method: 'GET', route };
  expect(valueOf(samples, `${durations}_count`, ofRoute)).toBe(4);
  expect(valueOf(samples, `${durations}_sum`, ofRoute)).toBeCloseTo(0.7055);
  const within = (le: string) => valueOf(samples, `${durations}_bucket`, { ...ofRoute, le });
  expect(['0.001', '0.005', '0.5', '2.5', '+Inf'].map(within)).toEqual([1, 3, 3, 4, 4]);
});

test('no call is lost and none is counted twice, however many there are and whenever it is asked', async () => {
  const metrics = createApiMetrics();
  const call = { method: 'GET', route: '/services', status: 200, elapsedMs: 1 };
  for (let calls = 0; calls < 5500; calls += 1) metrics.noteCall(call);
  const [first, second] = await Promise.all([read(metrics), read(metrics)]);
  for (let calls = 0; calls < 10; calls += 1) metrics.noteCall(call);
  const third = await read(metrics);
  const totals = [first, second, third].map((samples) =>
    valueOf(samples, 'devservices_api_requests_total'),
  );
  expect(totals).toEqual([5500, 5500, 5510]);
});

test('streams are counted while they are open, and those that were dropped', async () => {
  const metrics = createApiMetrics();
  metrics.streams.opened();
  metrics.streams.opened();
  metrics.streams.opened();
  metrics.streams.dropped();
  metrics.streams.closed();
  const samples = await read(metrics);
  expect(valueOf(samples, 'devservices_stream_clients')).toBe(2);
  expect(valueOf(samples, 'devservices_stream_clients_dropped_total')).toBe(1);
});

test('each service is in one state, and what cannot be told is left out', async () => {
  const samples = await read(createApiMetrics(), {
    services: [
      { name: 'db', state: 'ready' },
      { name: 'api', state: 'failed' },
    ],
    stats: [
      {
        service: 'db',
        cpuMs: 1250,
        memoryBytes: 4096,
        networkReceivedBytes: 10,
        networkSentBytes: 0,
      },
      {
        service: 'api',
        cpuMs: 0,
        memoryBytes: 0,
        networkReceivedBytes: null,
        networkSentBytes: null,
      },
    ],
  });
  for (const [service, now] of [
    ['db', 'ready'],
    ['api', 'failed'],
  ] as const) {
    const states = serviceStates.map((state) =>
      valueOf(samples, 'devservices_service_state', { service, state }),
    );
    expect(states).toEqual(serviceStates.map((state) => (state === now ? 1 : 0)));
  }
  const of = (name: string, labels: Record<string, string>) =>
    valueOf(samples, `devservices_service_${name}`, labels);
  expect(of('cpu_seconds_total', { service: 'db' })).toBe(1.25);
  expect(of('memory_bytes', { service: 'db' })).toBe(4096);
  expect(of('network_bytes_total', { service: 'db', direction: 'received' })).toBe(10);
  expect(of('network_bytes_total', { service: 'db', direction: 'sent' })).toBe(0);
  expect(of('cpu_seconds_total', { service: 'api' })).toBe(0);
  expect(of('network_bytes_total', { service: 'api' })).toBeUndefined();
});

test('a service that is gone is told of no more', async () => {
  const metrics = createApiMetrics();
  await read(metrics, { services: [{ name: 'db', state: 'ready' }] });
  const samples = await read(metrics, { services: [] });
  expect(samples.filter(({ labels }) => labels['service'] === 'db')).toEqual([]);
});

test('what plugins count is there, under names that Prometheus takes', async () => {
  const counted = createMetrics();
  counted.incr('mail.sent', { tags: { to: 'ada' } });
  counted.incr('mail.sent', { tags: { to: 'ada' }, amount: 4 });
  counted.timing('mail.wait', 250);
  counted.gauge('mail.queue', 7, { tags: { to: 'ada' } });
  counted.gauge('mail.queue', -2, { tags: { to: 'ada' } });
  counted.incr('api_requests_total');
  // Whoever records in another way may have others: two have one name, one has names of Prometheus's.
  const strange = [
    rowOf('mail-sent', { to: 'ada' }),
    rowOf('mail sent', { kind: 'html' }),
    rowOf('service_state', { 'a b': '1', 'a-b': '2', le: 'x', __name__: 'y', '1st': 'z' }),
  ];
  const rows = [...counted.snapshot(), ...strange];
  const samples = await read(createApiMetrics(), { rows });
  expect(valueOf(samples, 'devservices_mail_sent_count', { to: 'ada' })).toBe(3);
  expect(valueOf(samples, 'devservices_mail_sent_sum', { to: 'ada' })).toBe(6);
  expect(valueOf(samples, 'devservices_mail_sent_count', { kind: 'html' })).toBe(1);
  expect(valueOf(samples, 'devservices_mail_wait_sum')).toBe(250);
  expect(samples.filter(({ name }) => name.includes('queue'))).toEqual([
    { name: 'devservices_mail_queue_last', labels: { to: 'ada' }, value: -2 },
  ]);
  expect(valueOf(samples, 'devservices_api_requests_total_counted_count')).toBe(1);
  const odd = samples.find(({ name }) => name === 'devservices_service_state_counted_count');
  expect(Object.keys(odd?.labels ?? {}).toSorted()).toEqual(['a_b', 'name__', 'tag_1st', 'tag_le']);
});

test('whatever is counted, each line is one sample and means what was counted', async () => {
  const odd = fc.constantFrom(
    '\n',
    '"',
    '\\',
    '\r',
    '}',
    '{',
    '\u2028',
    ',',
    '=',
    '# TYPE x counter\n',
    '\\n',
    '0',
  );
  const text = fc
    .array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 6 })
    .map((parts) => parts.join(''));
  const row = fc.record({
    key: fc.oneof(text, fc.constantFrom('a', 'a.b', 'a_b', 'a_b_count', 'api_x', '')),
    tags: fc.dictionary(fc.oneof(text, fc.constantFrom('a', 'le', 'x.y', 'x_y')), text, {
      maxKeys: 3,
    }),
    count: fc.nat(),
    sum: fc.double(),
    max: fc.double(),
    kind: fc.constantFrom('counter', 'gauge', 'timing', 'distribution'),
    min: fc.double(),
    last: fc.double(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      fc.uniqueArray(text, { maxLength: 3 }),
      fc.record({ method: text, route: text, status: fc.nat({ max: 999 }) }),
      async (rows, names, call) => {
        const metrics = createApiMetrics();
        metrics.noteCall({ ...call, elapsedMs: 1 });
        const samples = await read(metrics, {
          rows,
          services: names.map((name) => ({ name, state: 'ready' })),
        });
        const known = /^devservices_/;
        expect(samples.every(({ name }) => known.test(name))).toBe(true);
        const services = samples.filter(({ name }) => name === 'devservices_service_state');
        expect([...new Set(services.map(({ labels }) => labels['service']))]).toEqual(names);
        const calls = samples.filter(({ name }) => name === 'devservices_api_requests_total');
        expect(calls).toEqual([
          {
            name: 'devservices_api_requests_total',
            labels: { ...call, status: `${call.status}` },
            value: 1,
          },
        ]);
        const told = rows.filter(({ sum, last }) => Number.isFinite(sum) && Number.isFinite(last));
        const counted = told.filter(({ kind }) => kind !== 'gauge');
        const lasts = samples.filter(({ name }) => name.endsWith('_last'));
        expect(lasts.length > 0).toBe(counted.length < told.length);
        const counts = samples.filter(({ name }) => /(?<!duration_seconds)_count$/.test(name));
        expect(counts.reduce((all, { value }) => all + value, 0)).toBe(
          counted.reduce((all, { count }) => all + count, 0),
        );
      },
    ),
    { numRuns: 100 },
  );
});
