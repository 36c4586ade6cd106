import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert, asyncProperty, boolean, constantFrom, record } from 'fast-check';
import { createTestHost } from 'devservices/testing';
import type { ContainerRun } from 'devservices/runner';
import { expect, test } from 'vitest';
import { sentryCatalogue } from '../../examples/sentry/catalogue/index.ts';
import config from '../../examples/sentry/devservices.config.ts';
import { listFiles } from '../architecture/read-sources.ts';
import { createRepo } from '../core/cli/run-main.ts';
import { catalogue } from './sentry-table.ts';

type Options = Parameters<typeof sentryCatalogue>[0];

async function openExample(options: Options = {}, env: Readonly<Record<string, string>> = {}) {
  const opened = createTestHost({
    config: { ...config, plugins: [sentryCatalogue(options)] },
    env,
  });
  await opened.host.configure();
  return opened;
}

/** What a plain `up` would start. */
async function selected(options?: Options, env?: Readonly<Record<string, string>>) {
  await using opened = await openExample(options, env);
  const up = await opened.host.plan({ pull: 'never', removeOrphans: false, ports: 'reassign' });
  return Object.keys(up.plan.services).toSorted();
}

const always = ['clickhouse', 'postgres', 'redis'];
const usual = [...always, 'snuba'];

test('the fifteen entries have their images, ports and folders', async () => {
  await using opened = await openExample();
  const { services } = await opened.host.configure();
  const found = Object.entries(services).map(([name, { run, ports = {} }]) => {
    const [only] = Object.values(run as Readonly<Record<string, ContainerRun>>);
    const { image = '', volumes = [] } = only ?? {};
    const shownPorts = Object.values(ports).map((port) => {
      if (typeof port === 'number') return String(port);
      return port.host === undefined || port.host === port.container
        ? String(port.container)
        : `${port.container}:${port.host}`;
    });
    return [
      name,
      {
        image,
        ports: shownPorts.join(' '),
        folders: volumes.map(String).join(' ').replaceAll(':ro', ''),
      },
    ];
  });
  const expected = Object.entries(catalogue).map(([name, row]) => [
    name,
    {
      ...row,
      image: expect.stringMatching(new RegExp(`^${row.image.replaceAll('.', '\\.')}`)) as string,
    },
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

const kafkaStream = 'sentry.eventstream.kafka.KafkaEventStream';
const otherStream = 'sentry.eventstream.base.EventStream';

test.each<[what: string, Options, env: Readonly<Record<string, string>>, services: string[]]>([
  ['nothing', {}, {}, usual],
  ['a redis cluster', {}, { SENTRY_DEV_USE_REDIS_CLUSTER: '1' }, [...usual, 'redis-cluster']],
  ['"0" in a variable', {}, { SENTRY_DEV_USE_REDIS_CLUSTER: '0', SENTRY_USE_RELAY: '0' }, usual],
  ['rabbitmq', {}, { SENTRY_DEV_USE_RABBITMQ: 'true' }, [...usual, 'rabbitmq']],
  ['the event stream of kafka', { eventstream: kafkaStream }, {}, [...usual, 'kafka']],
  ['an event stream of neither', { eventstream: otherStream }, {}, always],
  ['relay by setting', { useRelay: true }, {}, [...usual, 'kafka']],
  ['relay by variable', {}, { SENTRY_USE_RELAY: '1' }, [...usual, 'kafka']],
  ['relay off by variable', { useRelay: true }, { SENTRY_USE_RELAY: '0' }, usual],
  ['subscriptions', { processSubscriptions: true }, {}, [...usual, 'kafka']],
  ['profiling', { useProfiling: true }, {}, [...usual, 'kafka', 'vroom']],
  ['bigtable by variable', {}, { NEED_BIGTABLE: '1' }, [...usual, 'bigtable']],
  [
    'bigtable by setting',
    { nodestore: 'sentry.utils.kvstore.bigtable.BigtableKVStorage' },
    {},
    [...usual, 'bigtable'],
  ],
  [
    'memcached',
    { cacheBackend: 'django.core.cache.backends.memcached.PyMemcacheCache' },
    {},
    [...usual, 'memcached'],
  ],
  ['symbolicator', { options: { 'symbolicator.enabled': true } }, {}, [...usual, 'symbolicator']],
  [
    'charts by option',
    { options: { 'chart-rendering.enabled': true } },
    {},
    [...usual, 'chartcuterie'],
  ],
  ['charts by variable', {}, { NEED_CHARTCUTERIE: '1' }, [...usual, 'chartcuterie']],
  ['replay analyzer', { useReplayAnalyzer: true }, {}, [...usual, 'session-replay-analyzer']],
  ['spotlight', { useSpotlight: true }, {}, [...usual, 'spotlight-sidecar']],
])('up with %s', async (_, options, env, services) => {
  expect(await selected(options, env)).toEqual(services.toSorted());
});

test('any combination of switches gives what the rules and the dependencies say', async () => {
  const settings = record({
    eventstream: constantFrom(
      'sentry.eventstream.snuba.SnubaEventStream',
      kafkaStream,
      otherStream,
    ),
    useRelay: boolean(),
    processSubscriptions: boolean(),
    useProfiling: boolean(),
    useSpotlight: boolean(),
  });
  await assert(
    asyncProperty(settings, async (options) => {
      const { eventstream, useRelay, processSubscriptions, useProfiling, useSpotlight } = options;
      const isKafka = eventstream === kafkaStream;
      const expected = new Set(always);
      if (isKafka || useRelay || processSubscriptions || useProfiling) expected.add('kafka');
      if (eventstream !== otherStream || useProfiling) expected.add('snuba');
      if (useProfiling) expected.add('vroom');
      if (useSpotlight) expected.add('spotlight-sidecar');
      expect(await selected(options)).toEqual([...expected].toSorted());
    }),
    { seed: 3, numRuns: 20 },
  );
});

/** What snuba, vroom and the like get in their environment, the service being named. */
async function environmentOf(service: string, options: Options = {}, env = {}) {
  await using opened = await openExample(options, env);
  const request = { services: [service], pull: 'never', removeOrphans: false } as const;
  const { plan } = await opened.host.plan({ ...request, ports: 'reassign' });
  const { run, ports } = plan.services[service] as (typeof plan.services)[string];
  const { environment } = run as unknown as { environment: Record<string, string> };
  return { environment, ports, services: Object.keys(plan.services).toSorted() };
}

test('snuba learns where ClickHouse, Redis and Kafka are from what those export', async () => {
  const { environment, services } = await environmentOf('snuba', { eventstream: kafkaStream });
  expect(services).toEqual(['clickhouse', 'kafka', 'redis', 'snuba']);
  expect(environment).toMatchObject({
    CLICKHOUSE_HOST: 'clickhouse',
    CLICKHOUSE_PORT: '9000',
    CLICKHOUSE_HTTP_PORT: '8123',
    REDIS_HOST: 'redis',
    REDIS_PORT: '6379',
    REDIS_DB: '1',
    DEFAULT_BROKERS: 'kafka:9093',
    ENABLE_PROFILES_CONSUMER: '',
  });
});

test('with its own event stream snuba runs no workers and knows no broker', async () => {
  await using opened = await openExample();
  const { services } = await opened.host.configure();
  expect(JSON.stringify(services['snuba'])).toContain('"devserver","--no-workers"');
  expect((await environmentOf('snuba')).environment['DEFAULT_BROKERS']).toBe('');
  const own = await environmentOf('snuba', { useProfiling: true });
  expect(own.environment['ENABLE_PROFILES_CONSUMER']).toBe('1');
});

test('kafka advertises the port of this machine that it was given, whichever that is', async () => {
  const { environment, ports } = await environmentOf('kafka');
  const published = ports.find(({ name }) => name === 'broker')?.host;
  expect(environment['KAFKA_ADVERTISED_LISTENERS']).toContain(`EXTERNAL://127.0.0.1:${published}`);
  expect(environment['KAFKA_LOG_RETENTION_HOURS']).toBe('24');
});

test('relay is started only by name, with what it needs, on the port that the settings say', async () => {
  expect(await selected({ useRelay: true })).not.toContain('relay');
  const { ports, services } = await environmentOf('relay', { relayPort: 17_899 });
  expect(services).toEqual(['kafka', 'redis', 'relay']);
  expect(ports).toMatchObject([{ container: 7899 }]);
});

test('the version of postgres and the storage of ClickHouse are chosen', async () => {
  await using opened = await openExample({ distributedClickhouse: true }, { PG_VERSION: '16' });
  const { services } = await opened.host.configure();
  expect(JSON.stringify(services['postgres'])).toContain('library-postgres:16-alpine');
  expect(JSON.stringify(services['clickhouse'])).toContain('dist:/var/lib/clickhouse');
});

test('every command of its page does what it should', async () => {
  const folder = join(import.meta.dirname, '../../examples/sentry');
  const files = listFiles('examples/sentry').map((path): [string, string] => [
    path.replace('examples/sentry/', ''),
    readFileSync(path, 'utf8'),
  ]);
  const repo = createRepo(Object.fromEntries(files));
  repo.runner.setExec('redis', { exitCode: 0, output: 'PONG\n' });
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const commands = [...page.matchAll(/^```sh\n([^]*?)^```/gm)].flatMap(([, text = '']) =>
    text.split('\n').filter(Boolean),
  );
  expect(commands.length).toBeGreaterThan(2);
  for (const command of commands) {
    const [, rest = ''] = /^devservices (.*)$/.exec(command) ?? [];
    const { exitCode, stderr } = await repo.run(...rest.split(' '), '--ports', 'reassign');
    expect({ command, exitCode, stderr }).toMatchObject({ command, exitCode: 0 });
  }
  expect(repo.runner.calls).toContain('start postgres');
});
