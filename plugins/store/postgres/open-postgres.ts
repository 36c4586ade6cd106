import { setTimeout as wait } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';

import type { Driver } from '../driver.ts';
import { createPool } from './create-pool.ts';
import { codeOf, explainPostgres, isLost } from './explain-postgres.ts';
import type { FoundTarget } from './find-target.ts';
import { readLocation } from './read-url.ts';

const attempts = 5;
// Any number that is always the same: "devstore" in ASCII.
const migrationLock = '7234318614687347301';

/**
 * A Postgres; connected to by the first query, not here. Its queries throw what `explain` makes of an
 * error, where it makes something of it. Throws DS_STORE_URL_INVALID and DS_STORE_DRIVER_MISSING.
 */
export async function openPostgres({
  url,
  location = readLocation(url),
  service,
}: Omit<FoundTarget, 'location'> & { location?: string }): Promise<Driver> {
  const store = { location, service };
  const pool = await createPool(url, store);
  const query = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const change: Driver['change'] = (work) => changeOf(query, work);
  return {
    dialect: 'postgres',
    location,
    query,
    change,
    migrate: (work) =>
      change(async (transaction) => {
        await sql`select pg_advisory_xact_lock(${sql.raw(migrationLock)})`.execute(transaction);
        return work(transaction);
      }),
    isOneOf: (column, texts) => sql<boolean>`${sql.ref(column)} = any(${[...texts]})`,
    explain: (thrown) => explainPostgres(store, thrown),
    close: () => query.destroy(),
  };
}

/** Begins anew where the server chose this one of two that waited for each other. */
async function changeOf<T>(
  query: Kysely<unknown>,
  work: (query: Transaction<unknown>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    let isBegun = false;
    try {
      return await query.transaction().execute((transaction) => {
        isBegun = true;
        return work(transaction);
      });
    } catch (error) {
      if (attempt === attempts || !isPassing(error, isBegun)) throw error;
      await wait(Math.random() * 10 * 2 ** attempt);
    }
  }
}

function isPassing(thrown: unknown, isBegun: boolean): boolean {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if ([thrown, cause].some((one) => /^40(?:001|P01)$/.test(codeOf(one)))) return true;
  // A connection of before the server was restarted, of which nobody has told us yet.
  return !isBegun && isLost(cause);
}
