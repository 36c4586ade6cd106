import { container, ready, type Service } from 'devservices';
import type { Settings } from './settings.ts';
import type { Switches } from './switches.ts';

/** What answers questions about events. */
export function analytics(settings: Settings, switches: Switches): Record<string, Service> {
  const isOwnStream = settings.eventstream.includes('snuba');
  return {
    snuba: {
      run: container({
        image: 'ghcr.io/getsentry/snuba:latest',
        platform: 'linux/amd64',
        command: ['devserver', ...(isOwnStream ? ['--no-workers'] : [])],
        // Hosts and ports of ClickHouse and Redis come from what those export.
        environment: {
          PYTHONUNBUFFERED: '1',
          SNUBA_SETTINGS: 'docker',
          DEBUG: '1',
          REDIS_DB: '1',
          DEFAULT_BROKERS: isOwnStream ? '' : 'kafka:9093',
          ENABLE_SENTRY_METRICS_DEV: whenOn(settings.useMetrics),
          ENABLE_PROFILES_CONSUMER: whenOn(settings.useProfiling),
          ENABLE_SPANS_CONSUMER: whenOn(settings.useSpans),
          ENABLE_ISSUE_OCCURRENCE_CONSUMER: whenOn(settings.useIssueOccurrence),
          ENABLE_GROUP_ATTRIBUTES_CONSUMER: whenOn(settings.useGroupAttributes),
          ENABLE_AUTORUN_MIGRATION_SEARCH_ISSUES: '1',
        },
        restart: 'unless-stopped',
      }),
      ports: { http: 1218, rpc: 1219 },
      ready: ready.http('/health_envoy', { port: 'http', deadline: '3m' }),
      dependsOn: {
        clickhouse: 'ready',
        redis: 'ready',
        kafka: { condition: 'ready', required: !isOwnStream },
      },
      onlyIf: switches.snuba,
      exports: ({ address }) => ({ SNUBA: `http://${address('http')}` }),
    },
    vroom: {
      run: container({
        image: 'us-central1-docker.pkg.dev/sentryio/vroom/vroom:latest',
        environment: {
          SENTRY_KAFKA_BROKERS_PROFILING: 'kafka:9093',
          SENTRY_KAFKA_BROKERS_OCCURRENCES: 'kafka:9093',
          SENTRY_KAFKA_BROKERS_SPANS: 'kafka:9093',
          SENTRY_SNUBA_HOST: 'http://snuba:1218',
        },
        volumes: ['profiles:/var/lib/sentry-profiles'],
        restart: 'unless-stopped',
      }),
      ports: { http: 8085 },
      // The image has no curl: the check comes from this machine.
      ready: ready.http('/health'),
      dependsOn: { kafka: 'ready', snuba: 'ready' },
      onlyIf: settings.useProfiling,
    },
  };
}

const whenOn = (isOn: boolean): string => (isOn ? '1' : '');
