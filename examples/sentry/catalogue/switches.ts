import type { Settings } from './settings.ts';

/** Which of the services that are not always there take part. */
export interface Switches {
  redisCluster: boolean;
  rabbitmq: boolean;
  kafka: boolean;
  snuba: boolean;
  bigtable: boolean;
  memcached: boolean;
  symbolicator: boolean;
  relay: boolean;
  chartcuterie: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The rules, from settings and environment. */
export function resolveSwitches(settings: Settings, env: Variables): Switches {
  const { eventstream, options } = settings;
  const relay = readSwitch(env['SENTRY_USE_RELAY']) ?? settings.useRelay;
  return {
    redisCluster: readSwitch(env['SENTRY_DEV_USE_REDIS_CLUSTER']) ?? false,
    rabbitmq: readSwitch(env['SENTRY_DEV_USE_RABBITMQ']) ?? false,
    kafka:
      eventstream.includes('kafka') ||
      relay ||
      settings.processSubscriptions ||
      settings.useProfiling,
    snuba: eventstream.includes('snuba') || eventstream.includes('kafka'),
    bigtable: readSwitch(env['NEED_BIGTABLE']) || settings.nodestore.includes('bigtable'),
    memcached: settings.cacheBackend.includes('memcached'),
    symbolicator: options['symbolicator.enabled'],
    relay,
    chartcuterie: readSwitch(env['NEED_CHARTCUTERIE']) || options['chart-rendering.enabled'],
  };
}

// "0" in the environment means no.
function readSwitch(value: string | undefined): boolean | undefined {
  if (value === undefined || value === '') return undefined;
  return !['0', 'false', 'no', 'off'].includes(value.toLowerCase());
}
