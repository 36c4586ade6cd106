import type { Contracts } from 'devservices';
import { apiErrors } from '../errors.ts';
import type { ApiRequest } from '../route.ts';

type Permissions = Contracts['permissions'];
type InDirectory = Parameters<Permissions['users']['list']>[0];
type Named = InDirectory & { user: string };

/**
 * Throws DS_API_FORBIDDEN unless whoever asks is that user, or may look at others: also where there is
 * no such user, which is nobody else's to learn.
 */
export async function assertMayLook(
  request: Pick<ApiRequest, 'principal' | 'allows' | 'by'>,
  { permissions, named, key }: { permissions: Permissions; named: Named; key: string },
): Promise<void> {
  if (request.principal.kind === 'owner' || (await request.allows('users.admin'))) return;
  if (!(await isOwn(request, { permissions, named }))) {
    throw apiErrors.create('DS_API_FORBIDDEN', { by: request.by, key, permission: 'users.admin' });
  }
}

/** Throws DS_API_OWN_RIGHTS where whoever asks is that user: rights are given by somebody else. */
export async function assertNotOwn(
  request: Pick<ApiRequest, 'principal'>,
  about: { permissions: Permissions; named: Named },
): Promise<void> {
  if (await isOwn(request, about)) {
    throw apiErrors.create('DS_API_OWN_RIGHTS', { user: about.named.user });
  }
}

async function isOwn(
  { principal }: Pick<ApiRequest, 'principal'>,
  { permissions: { users }, named }: { permissions: Permissions; named: Named },
): Promise<boolean> {
  // Of the application somebody else may have that name.
  if (!('user' in principal) || named.directory !== 'store') return false;
  const [own, meant] = await Promise.all([
    users.find({ directory: 'store', user: principal.user }),
    users.find(named),
  ]);
  return own !== undefined && own.id === meant?.id;
}
