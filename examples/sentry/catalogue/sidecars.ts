import { container, ready, type Service } from 'devservices';
import type { Settings } from './settings.ts';
import type { Switches } from './switches.ts';

const registry = 'us-central1-docker.pkg.dev/sentryio/';

/** What stands beside the application. */
export function sidecars(settings: Settings, switches: Switches): Record<string, Service> {
  return {
    symbolicator: {
      run: container({
        image: `${registry}symbolicator/image:nightly`,
        command: ['run', '--config', '/etc/symbolicator/config.yml'],
        volumes: ['./config/symbolicator:/etc/symbolicator'],
        restart: 'unless-stopped',
      }),
      ports: { http: 3021 },
      ready: ready.http('/healthcheck'),
      onlyIf: switches.symbolicator,
    },
    relay: {
      run: container({
        image: `${registry}relay/image:nightly`,
        command: ['run', '--config', '/etc/relay'],
        volumes: ['./config/relay:/etc/relay'],
      }),
      ports: { http: { container: 7899, host: settings.relayPort } },
      dependsOn: {
        redis: 'ready',
        kafka: 'ready',
      },
      // Lives in the foreground, beside the development server: `devservices attach relay`.
      autoStart: false,
      onlyIf: switches.relay,
    },
    chartcuterie: {
      run: container({
        image: `${registry}chartcuterie/image:latest`,
        environment: {
          CHARTCUTERIE_CONFIG: '/etc/chartcuterie/config.js',
          CHARTCUTERIE_CONFIG_POLLING: 'true',
        },
        volumes: ['./config/chartcuterie:/etc/chartcuterie'],
        restart: 'unless-stopped',
      }),
      ports: { http: { container: 9090, host: 7901 } },
      ready: ready.http('/api/chartcuterie/healthcheck/live'),
      onlyIf: switches.chartcuterie,
    },
    'session-replay-analyzer': {
      run: container({
        image: 'ghcr.io/getsentry/session-replay-analyzer:latest',
        restart: 'unless-stopped',
      }),
      ports: { http: 3000 },
      onlyIf: settings.useReplayAnalyzer,
    },
    'spotlight-sidecar': {
      run: container({
        image: 'ghcr.io/getsentry/spotlight:latest',
        restart: 'unless-stopped',
      }),
      ports: { http: 8969 },
      onlyIf: settings.useSpotlight,
    },
  };
}
