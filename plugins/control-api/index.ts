import { definePlugin } from 'devservices';
import { systemClock } from 'devservices/machine';
import { controlApiOptions } from './options.ts';

export { ApiError } from './client/api-error.ts';
export { defineSpec } from './route-spec.ts';
export { defineRoute } from './route.ts';

/**
 * The project over HTTP (`devservices serve`), and in this process by the same routes. What it does for
 * others than the owner, the plugins `store` and `permissions` say; without them, it is the owner's alone.
 *
 * @example
 * plugins: [store(), permissions(), projectOptions(), controlApi()]
 */
export const controlApi = definePlugin({
  name: 'control-api',
  options: controlApiOptions,
  permissions: { project: true },
  setup({ events, expose, extend, defer, log, metrics, project, signal, use }) {
    extend('permissions', async (names) => {
      const { permissionsOfApi } = await import('./declared-permissions.ts');
      for (const permission of permissionsOfApi) names.declare(permission);
    });
    expose('apiTokens', async () => {
      const { createTokenRegister } = await import('./tokens/token-register.ts');
      return createTokenRegister({
        database: () => use('database'),
        permissions: () => use('permissions'),
        now: systemClock.now,
      });
    });
    expose('api', async ({ project: name, root, checkoutFolder }) => {
      const { createApi } = await import('./create-api.ts');
      const place = { name, root, checkoutFolder };
      const api = createApi({
        ...place,
        project,
        clock: systemClock,
        log,
        events,
        metrics,
        use,
        signal,
      });
      defer(api.close);
      return api;
    });
  },
});
