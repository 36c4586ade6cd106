import type { DevServicesError } from 'devservices/machine';

type Blame = DevServicesError['blame'];

/** The HTTP status of each code that has one of its own, whatever route throws it. */
const byCode: Readonly<Record<string, number>> = {
  DS_API_PRINCIPAL_NEEDED: 401,
  DS_API_TOKEN_REFUSED: 401,
  DS_API_USER_REFUSED: 401,
  DS_API_ACTING_REFUSED: 403,
  DS_API_FORBIDDEN: 403,
  DS_API_SUPERUSER_NEEDED: 403,
  DS_API_SUDO_NEEDED: 403,
  DS_API_ESCALATION: 403,
  DS_API_OWN_RIGHTS: 403,
  DS_API_ROUTE_UNKNOWN: 404,
  DS_CONTRACT_MISSING: 404,
  DS_API_METHOD_REFUSED: 405,
  DS_API_TOO_LARGE: 413,
  DS_API_NOT_JSON: 415,
  DS_API_TOO_MANY: 429,
  DS_API_STOPPING: 503,
  DS_API_TOO_DEEP: 508,
};

const byBlame: Readonly<Record<Blame, number>> = {
  user: 400,
  outcome: 409,
  environment: 503,
  plugin: 502,
  bug: 500,
};

/** The status that an error is told with, where its route says nothing of it. */
export function statusOf({ code, blame }: { code: string; blame: Blame }): number {
  const own = byCode[code];
  if (own !== undefined) return own;
  // What is not there is not there; what a configuration names is not what the call named.
  if (code.endsWith('_UNKNOWN') && !code.startsWith('DS_CONFIG_')) return 404;
  return byBlame[blame];
}
