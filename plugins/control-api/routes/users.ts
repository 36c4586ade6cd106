import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { userSpecs } from '../specs/users.ts';
import { assertMayLook, assertNotOwn } from './own-user.ts';

/** Users of the store, or of the application. */
export function userHandlers({
  use,
}: Pick<ApiContext, 'use'>): Handlers<(typeof userSpecs)[number]> {
  return {
    async 'GET /users'({ query }) {
      return { users: [...(await (await use('permissions')).users.list(query))] };
    },
    async 'POST /users'({ body, by }) {
      const { superuser = false } = body;
      return (await use('permissions')).users.add({ ...body, superuser, directory: 'store', by });
    },
    async 'GET /users/{user}'(request) {
      const permissions = await use('permissions');
      const named = { ...request.query, ...request.params };
      await assertMayLook(request, { permissions, named, key: 'GET /users/{user}' });
      return (await permissions.list(named)).user;
    },
    async 'PATCH /users/{user}'(request) {
      const permissions = await use('permissions');
      const { params, query, body: changes, by } = request;
      const named = { ...query, ...params };
      const changesRights = changes.active !== undefined || changes.superuser !== undefined;
      if (changesRights) await assertNotOwn(request, { permissions, named });
      return permissions.users.set({ ...named, changes, by });
    },
  };
}
