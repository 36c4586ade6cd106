import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { permissionSpecs } from '../specs/permissions.ts';
import { assertMayLook, assertNotOwn } from './own-user.ts';

/** What users may do. */
export function permissionHandlers({
  use,
}: Pick<ApiContext, 'use'>): Handlers<(typeof permissionSpecs)[number]> {
  return {
    async 'GET /permissions'() {
      return { permissions: [...(await use('permissions')).declared()] };
    },
    async 'GET /permissions/{permission}/users'({ params, query }) {
      const { users, ...found } = await (await use('permissions')).who({ ...query, ...params });
      return { ...found, users: [...users] };
    },
    async 'GET /users/{user}/permissions'(request) {
      const permissions = await use('permissions');
      const named = { ...request.query, ...request.params };
      await assertMayLook(request, { permissions, named, key: 'GET /users/{user}/permissions' });
      const found = await permissions.list(named);
      return { ...found, permissions: [...found.permissions] };
    },
    async 'PUT /users/{user}/permissions/{permission}'(request) {
      const permissions = await use('permissions');
      const named = { ...request.query, ...request.params };
      await assertNotOwn(request, { permissions, named });
      return permissions.add({ ...named, by: request.by });
    },
    async 'DELETE /users/{user}/permissions/{permission}'(request) {
      const permissions = await use('permissions');
      const named = { ...request.query, ...request.params };
      await assertNotOwn(request, { permissions, named });
      return permissions.remove({ ...named, by: request.by });
    },
  };
}
