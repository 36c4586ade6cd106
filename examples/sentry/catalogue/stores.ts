import { container, ready, type Service } from 'devservices';
import type { Settings } from './settings.ts';
import type { Switches } from './switches.ts';

const mirror = 'ghcr.io/getsentry/image-mirror-';

/** Where data is kept. */
export function stores(
  { distributedClickhouse }: Settings,
  switches: Switches,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, Service> {
  return {
    redis: {
      run: container({
        image: `${mirror}library-redis:5.0-alpine`,
        command:
          'redis-server --appendonly yes --save 60 20 --auto-aof-rewrite-percentage 100 --auto-aof-rewrite-min-size 64mb',
        volumes: ['data:/data'],
        restart: 'unless-stopped',
      }),
      ports: { redis: 6379 },
      // While the append-only file is read, PING answers LOADING, and redis-cli ends with 0.
      ready: ready.command(['redis-cli', 'ping'], { pattern: 'PONG' }),
      exports: ({ host, port }) => ({ REDIS_HOST: host('redis'), REDIS_PORT: port('redis') }),
    },
    'redis-cluster': {
      run: container({
        image: 'ghcr.io/getsentry/docker-redis-cluster:7.0.10',
        environment: { IP: '0.0.0.0' },
        volumes: ['data:/redis-data'],
        restart: 'unless-stopped',
      }),
      ports: Object.fromEntries([0, 1, 2, 3, 4, 5].map((node) => [`node-${node}`, 7000 + node])),
      onlyIf: switches.redisCluster,
    },
    postgres: {
      run: container({
        image: `${mirror}library-postgres:${env['PG_VERSION'] || '14'}-alpine`,
        command: 'postgres -c wal_level=logical -c max_replication_slots=1 -c max_wal_senders=1',
        environment: { POSTGRES_DB: 'sentry', POSTGRES_HOST_AUTH_METHOD: 'trust' },
        volumes: ['data:/var/lib/postgresql/data', 'wal2json:/wal2json'],
        restart: 'unless-stopped',
      }),
      ports: { sql: 5432 },
      // The first start runs a second server on a socket alone: only TCP says that it is the real one.
      ready: ready.command(['pg_isready', '-h', '127.0.0.1', '-U', 'postgres'], { deadline: '2m' }),
      exports: ({ address }) => ({ DATABASE_URL: `postgres://postgres@${address('sql')}/sentry` }),
    },
    clickhouse: {
      run: container({
        image: `${mirror}altinity-clickhouse-server:23.3.19.33.altinitystable`,
        ulimits: { nofile: 262_144 },
        volumes: distributedClickhouse
          ? ['dist:/var/lib/clickhouse', clickhouseConfig('dist')]
          : ['data:/var/lib/clickhouse', clickhouseConfig('loc')],
        restart: 'unless-stopped',
      }),
      ports: { native: 9000, replication: 9009, http: 8123 },
      ready: ready.http('/ping', { port: 'http', deadline: '2m' }),
      exports: ({ host, port }) => ({
        CLICKHOUSE_HOST: host('native'),
        CLICKHOUSE_PORT: port('native'),
        CLICKHOUSE_HTTP_PORT: port('http'),
      }),
    },
    bigtable: {
      run: container({
        image: 'us.gcr.io/sentryio/cbtemulator:23c02d92c7a1747068eb1fc57dddbad23907d614',
        restart: 'unless-stopped',
      }),
      ports: { grpc: 8086 },
      onlyIf: switches.bigtable,
      exports: ({ address }) => ({ BIGTABLE_EMULATOR_HOST: address('grpc') }),
    },
    memcached: {
      run: container({
        image: `${mirror}library-memcached:1.5-alpine`,
        restart: 'unless-stopped',
      }),
      ports: { memcached: 11_211 },
      onlyIf: switches.memcached,
      exports: ({ address }) => ({ MEMCACHED_ADDRESS: address('memcached') }),
    },
  };
}

const clickhouseConfig = (kind: 'loc' | 'dist'): string =>
  `./config/clickhouse/${kind}_config.xml:/etc/clickhouse-server/config.d/sentry.xml:ro`;
