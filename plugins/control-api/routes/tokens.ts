import type { Contracts } from 'devservices';
import type { ApiContext } from '../api-context.ts';
import type { ApiRequest, Handlers } from '../route.ts';
import type { tokenSpecs } from '../specs/tokens.ts';
import type { ApiToken } from '../tokens/api-tokens.ts';
import { assertNotOwn } from './own-user.ts';

/** Tokens of tools. */
export function tokenHandlers({
  use,
}: Pick<ApiContext, 'use'>): Handlers<(typeof tokenSpecs)[number]> {
  return {
    async 'GET /tokens'() {
      return { tokens: (await (await use('apiTokens')).list()).map(toAnswer) };
    },
    async 'POST /tokens'(request) {
      const { body, by } = request;
      await assertOthers(request, { user: body.user, permissions: await use('permissions') });
      const { token, entry } = await (await use('apiTokens')).add({ ...body, by });
      return { token, entry: toAnswer(entry) };
    },
    async 'DELETE /tokens/{id}'({ params, by }) {
      const tokens = await use('apiTokens');
      const { change, entry } = await tokens.revoke({ token: `id:${params.id}`, by });
      return { change, entry: toAnswer(entry) };
    },
  };
}

const toAnswer = (entry: ApiToken) => ({ ...entry, permissions: [...entry.permissions] });

// Its own end, and all that it was not given, would count for nothing.
async function assertOthers(
  request: Pick<ApiRequest, 'principal'>,
  { user, permissions }: { user: string; permissions: Contracts['permissions'] },
): Promise<void> {
  if (request.principal.kind !== 'token') return;
  await assertNotOwn(request, { permissions, named: { directory: 'store', user } });
}
