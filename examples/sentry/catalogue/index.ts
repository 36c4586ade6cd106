import { definePlugin } from 'devservices';
import { analytics } from './analytics.ts';
import { brokers } from './brokers.ts';
import { sidecars } from './sidecars.ts';
import { settings } from './settings.ts';
import { stores } from './stores.ts';
import { resolveSwitches } from './switches.ts';

/** The services that Sentry's own developers run, each started only where a setting asks for it. */
export const sentryCatalogue = definePlugin({
  name: 'sentry-catalogue',
  options: settings,
  permissions: { env: ['SENTRY_*', 'NEED_*', 'PG_VERSION'] },
  setup({ options, env, services }) {
    const switches = resolveSwitches(options, env);
    for (const part of [stores, brokers, analytics, sidecars]) {
      for (const [name, service] of Object.entries(part(options, switches, env))) {
        services.add(name, service);
      }
    }
  },
});
