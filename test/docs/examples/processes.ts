import { container, defineConfig, hostProcess, ready } from 'devservices';
import { embeddedPostgres } from 'devservices/embedded';

export default defineConfig({
  services: {
    postgres: {
      run: {
        docker: container({
          image: 'postgres:17-alpine',
          environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
          volumes: ['data:/var/lib/postgresql/data'],
        }),
        local: embeddedPostgres({ version: '17' }),
      },
      ports: { sql: 5432 },
      exports: { DATABASE_URL: 'postgres://postgres@{address.sql}/postgres' },
    },
    migrations: {
      run: hostProcess({ command: 'node migrate.js' }),
      dependsOn: { postgres: 'ready' },
    },
    api: {
      run: hostProcess({ command: 'tsx api.ts', restart: 'on-failure', watch: ['src/**'] }),
      ports: { http: 3000 },
      ready: ready.http('/health'),
      dependsOn: { postgres: 'ready', migrations: 'completed' },
    },
  },
});
