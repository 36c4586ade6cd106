import { container, defineConfig, ready } from 'devservices';

export default defineConfig({
  services: {
    postgres: {
      run: container({
        image: 'postgres:17-alpine',
        environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
        volumes: ['data:/var/lib/postgresql/data'],
      }),
      ports: { sql: 5432 },
      ready: ready.command(['pg_isready', '-h', '127.0.0.1', '-U', 'postgres']),
      exports: ({ address }) => ({
        DATABASE_URL: `postgres://postgres@${address('sql')}/postgres`,
      }),
    },
    api: {
      run: container({ image: 'shop/api', volumes: ['./api:/srv'] }),
      ports: { http: { container: 8080, host: 'auto' } },
      ready: ready.http('/health'),
      dependsOn: ['postgres'],
    },
  },
});
