import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { auditSpecs } from '../specs/audit.ts';

/** What was changed of users and of what they were given. */
export function auditHandlers({
  use,
}: Pick<ApiContext, 'use'>): Handlers<(typeof auditSpecs)[number]> {
  return {
    async 'GET /audit'({ query }) {
      return { entries: [...(await (await use('permissions')).log(query))] };
    },
  };
}
