import { container, defineConfig } from 'devservices';
import { metrics } from 'devservices/plugins/metrics';
import { sentry } from 'devservices/plugins/sentry';

export default defineConfig({
  plugins: [
    // Your own, or a variable that only some people set: empty and missing mean nobody.
    sentry({ dsn: process.env['TEAM_SENTRY_DSN'] }),
    metrics({ statsd: { host: 'statsd.example.com' }, tags: { team: 'checkout' } }),
  ],
  services: {
    redis: { run: container({ image: 'redis:8' }), ports: { redis: 6379 } },
  },
});
