import { container, defineConfig, ready } from 'devservices';

export default defineConfig({
  services: {
    postgres: {
      run: {
        docker: container({
          image: 'postgres:17-alpine',
          environment: { POSTGRES_DB: 'app', POSTGRES_HOST_AUTH_METHOD: 'trust' },
          volumes: ['data:/var/lib/postgresql/data'],
        }),
      },
      ports: { sql: 5432 },
      ready: ready.command(['pg_isready', '-h', '127.0.0.1', '-U', 'postgres']),
      exports: { DATABASE_URL: 'postgres://postgres@{address.sql}/app' },
    },
    redis: {
      run: {
        docker: container({
          image: 'redis:7-alpine',
          command: ['redis-server', '--appendonly', 'yes'],
          volumes: ['data:/data'],
        }),
      },
      ports: { redis: 6379 },
      // PING answers LOADING while the append-only file is read.
      ready: ready.command(['redis-cli', 'ping'], { pattern: 'PONG' }),
      exports: { REDIS_URL: 'redis://{address.redis}/0' },
    },
  },
});
