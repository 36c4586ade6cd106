const gm = 'ghcr.io/getsentry/image-mirror-';
const gi = 'ghcr.io/getsentry/';
const ar = 'us-central1-docker.pkg.dev/sentryio/';

/** Service, beginning of its image, ports (container, or container:host), folders with what holds them. */
export const catalogue: Readonly<
  Record<string, { image: string; ports: string; folders: string }>
> = {
  redis: { image: `${gm}library-redis:5.0-alpine`, ports: '6379', folders: 'data:/data' },
  'redis-cluster': {
    image: `${gi}docker-redis-cluster:7.0.10`,
    ports: '7000 7001 7002 7003 7004 7005',
    folders: 'data:/redis-data',
  },
  rabbitmq: {
    image: `${gm}library-rabbitmq:3-management`,
    ports: '5672 15672',
    folders: '',
  },
  postgres: {
    image: `${gm}library-postgres:14-alpine`,
    ports: '5432',
    folders: 'data:/var/lib/postgresql/data wal2json:/wal2json',
  },
  kafka: {
    image: `${gm}confluentinc-cp-kafka:7.5.0`,
    ports: '9092',
    folders: 'data:/var/lib/kafka/data',
  },
  clickhouse: {
    image: `${gm}altinity-clickhouse-server:23.3.19.33`,
    ports: '9000 9009 8123',
    folders:
      'data:/var/lib/clickhouse ./config/clickhouse/loc_config.xml:/etc/clickhouse-server/config.d/sentry.xml',
  },
  snuba: { image: `${gi}snuba:latest`, ports: '1218 1219', folders: '' },
  bigtable: { image: 'us.gcr.io/sentryio/cbtemulator', ports: '8086', folders: '' },
  memcached: { image: `${gm}library-memcached:1.5-alpine`, ports: '11211', folders: '' },
  symbolicator: {
    image: `${ar}symbolicator/image:nightly`,
    ports: '3021',
    folders: './config/symbolicator:/etc/symbolicator',
  },
  relay: { image: `${ar}relay/image:nightly`, ports: '7899', folders: './config/relay:/etc/relay' },
  chartcuterie: {
    image: `${ar}chartcuterie/image:latest`,
    ports: '9090:7901',
    folders: './config/chartcuterie:/etc/chartcuterie',
  },
  vroom: {
    image: `${ar}vroom/vroom:latest`,
    ports: '8085',
    folders: 'profiles:/var/lib/sentry-profiles',
  },
  'session-replay-analyzer': {
    image: `${gi}session-replay-analyzer:latest`,
    ports: '3000',
    folders: '',
  },
  'spotlight-sidecar': { image: `${gi}spotlight:latest`, ports: '8969', folders: '' },
};
