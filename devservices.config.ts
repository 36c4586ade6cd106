import { container, defineConfig, hostProcess, ready } from 'devservices';
import { embeddedMail, embeddedPostgres } from 'devservices/embedded';
import { controlApi } from 'devservices/plugins/control-api';
import { permissions } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';
import { workstations } from 'devservices/plugins/workstations';

export default defineConfig({
  plugins: [store(), permissions(), projectOptions(), controlApi(), workstations()],
  services: {
    postgres: {
      run: {
        docker: container({
          image: 'postgres:17-alpine',
          environment: { POSTGRES_DB: 'app', POSTGRES_HOST_AUTH_METHOD: 'trust' },
          volumes: ['data:/var/lib/postgresql/data'],
        }),
        local: embeddedPostgres({ version: '17', database: 'app' }),
      },
      ports: { sql: 5432 },
      // The image's first start says so twice, and listens on TCP from the second on.
      ready: ready.all(
        ready.log('database system is ready to accept connections'),
        ready.port('sql'),
      ),
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
      // No npm package brings a Redis: it needs an engine, so it is started by its name.
      autoStart: false,
      ports: { redis: 6379 },
      // PING answers LOADING while the append-only file is read.
      ready: ready.command(['redis-cli', 'ping'], { pattern: 'PONG' }),
      exports: { REDIS_URL: 'redis://{address.redis}/0' },
    },
    mail: {
      run: embeddedMail(),
      ports: { smtp: 1025, http: 1080 },
      ready: ready.http('/api/email', { port: 'http' }),
      exports: { SMTP_URL: 'smtp://{address.smtp}', MAIL_URL: 'http://{address.http}' },
    },
    status: {
      run: hostProcess({
        command: 'tsx examples/status-page/server.ts',
        restart: 'on-failure',
        watch: ['examples/status-page/*.ts'],
      }),
      ports: { http: 4000 },
      dependsOn: ['postgres', 'mail'],
      ready: ready.http('/'),
    },
  },
});
