import type { ApiContext } from '../api-context.ts';
import type { Handlers } from '../route.ts';
import type { openapiSpecs } from '../specs/openapi.ts';

/** What the API says of itself. */
export function openapiHandlers({
  describe,
}: Pick<ApiContext, 'describe'>): Handlers<(typeof openapiSpecs)[number]> {
  return {
    'GET /health': () => ({ ok: true }),
    'GET /openapi.json': () => describe(),
  };
}
