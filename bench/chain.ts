import type { TestImages } from '../test/rig/engine/test-images.ts';

interface Chain {
  readonly images: TestImages;
  readonly ports: { readonly sql: number; readonly redis: number };
}

/** Four services, each waiting for the one before it, as our configuration. */
export function chainConfig({ images, ports }: Chain): string {
  return `
import { container, defineConfig, ready } from 'devservices';

const idle = {
  run: { docker: container({ image: '${images.tools}', command: ['sleep', '100000'], stopSignal: 'SIGKILL' }) },
};

export default defineConfig({
  services: {
    postgres: {
      run: {
        docker: container({
          image: '${images.postgres}',
          environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
        }),
      },
      ports: { sql: { container: 5432, host: ${ports.sql} } },
      ready: ready.command(['pg_isready', '-h', '127.0.0.1', '-U', 'postgres']),
    },
    redis: {
      run: { docker: container({ image: '${images.redis}' }) },
      ports: { redis: { container: 6379, host: ${ports.redis} } },
      ready: ready.command(['redis-cli', 'ping']),
      dependsOn: { postgres: 'ready' },
    },
    worker: { ...idle, dependsOn: { redis: 'ready' } },
    web: { ...idle, dependsOn: { worker: 'started' } },
  },
});
`;
}

/** The same for docker compose, which looks at a health check twice a second. */
export function chainCompose({ images, ports }: Chain): string {
  const idle = `
    image: ${images.tools}
    command: [sleep, '100000']
    stop_signal: SIGKILL`;
  return `
services:
  postgres:
    image: ${images.postgres}
    environment: { POSTGRES_HOST_AUTH_METHOD: trust }
    ports: ['127.0.0.1:${ports.sql}:5432']
    healthcheck:
      test: [CMD, pg_isready, -h, 127.0.0.1, -U, postgres]
      interval: 500ms
      start_period: 60s
  redis:
    image: ${images.redis}
    ports: ['127.0.0.1:${ports.redis}:6379']
    healthcheck: { test: [CMD, redis-cli, ping], interval: 500ms, start_period: 60s }
    depends_on: { postgres: { condition: service_healthy } }
  worker:${idle}
    depends_on: { redis: { condition: service_healthy } }
  web:${idle}
    depends_on: { worker: { condition: service_started } }
`;
}
