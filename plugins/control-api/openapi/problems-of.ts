import type { RouteSpec } from '../route-spec.ts';

/** The codes worth telling of what a route refuses with, by status. */
export function problemsOf(spec: RouteSpec): ReadonlyMap<number, readonly string[]> {
  const { access, body, problems = {} } = spec;
  const codes: [string, number][] = [...everywhere, ...Object.entries(problems)];
  if (access !== 'anybody') codes.push(['DS_API_PRINCIPAL_NEEDED', 401]);
  if (typeof access === 'object') {
    codes.push(['DS_API_SUPERUSER_NEEDED', 403], ['DS_API_ESCALATION', 403]);
    if (access.sudo) codes.push(['DS_API_SUDO_NEEDED', 403]);
  }
  if (body) codes.push(['DS_API_NOT_JSON', 415]);
  const byStatus = new Map<number, string[]>();
  for (const [code, status] of codes.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const found = byStatus.get(status) ?? [];
    if (!found.includes(code)) byStatus.set(status, [...found, code]);
  }
  return new Map([...byStatus].toSorted(([a], [b]) => a - b));
}

/** Anybody can say something about themselves that is not so. */
const everywhere: readonly [code: string, status: number][] = [
  ['DS_API_INVALID', 400],
  ['DS_API_TOKEN_REFUSED', 401],
  ['DS_API_USER_REFUSED', 401],
  ['DS_API_ACTING_REFUSED', 403],
  ['DS_API_FORBIDDEN', 403],
];
