import { definePlugin } from 'devservices';
import { systemClock } from 'devservices/machine';
import { controlApiOptions } from './options.ts';

export * from './call-types.ts';
export { ApiError } from './client/api-error.ts';
export type * from './client.ts';
export type { ApiRoutes, ControlApi } from './contract.ts';
export type { Principal, TokenPrincipal } from './principal.ts';
export type { Access, Answer, Method, RouteSpec, StreamEvent } from './route-spec.ts';
export { defineSpec } from './route-spec.ts';
export { type ApiRequest, defineRoute, type Route } from './route.ts';

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
  setup({ events, expose, extend, defer, log, metrics, options, project, signal, use }) {
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
      const { port, maxBodyBytes, rate } = options;
      const api = createApi(
        { ...place, project, clock: systemClock, log, events, metrics, use, signal },
        { port, limits: { maxBodyBytes, ...rate } },
      );
      defer(api.close);
      return api;
    });
  },
});
