import type { Contracts } from 'devservices';
import type { Directory } from './directory.ts';
import { findUsers } from './find-user.ts';

export interface AuthorizerOptions {
  /** Our own: who may sign in to the application has no rights here by that. */
  directory: Directory;
  isDeclared(permission: string): boolean;
}

/**
 * Says yes to one active superuser who has a permission that something declares, as it is at this
 * moment; no to all others. A store that cannot be asked is an error, never a yes.
 */
export function createAuthorizer({
  directory,
  isDeclared,
}: AuthorizerOptions): Contracts['authorizer'] {
  return {
    async allows(user, permission) {
      if (!isDeclared(permission)) return false;
      const [found, ...others] = await findUsers(directory, user);
      if (!found?.active || !found.superuser || others.length > 0) return false;
      return (await directory.read.permissionsOf(found.id)).includes(permission);
    },
  };
}
