import { isDevServicesError, reasonOf } from 'devservices/machine';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './contract.ts';
import type { Driver } from './driver.ts';
import { storeErrors } from './errors.ts';

interface MigrationTable {
  devservices_migration: { owner: string; name: string; applied_at: string };
}

/**
 * Brings one owner's tables up to date: what is due runs in one transaction, once in the life of a store,
 * whoever comes first. One query where nothing is due.
 *
 * Throws DS_STORE_NEWER, DS_STORE_MIGRATION_FAILED, and what the driver explains; nothing is changed then.
 */
export async function migrate(driver: Driver, schema: Schema): Promise<void> {
  const seen = await readApplied(driver);
  if (dueOf(schema, seen, driver).length === 0) return;
  await driver.migrate(async (query) => {
    await query.schema
      .createTable('devservices_migration')
      .ifNotExists()
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('applied_at', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('devservices_migration_key', ['owner', 'name'])
      .execute();
    const tables = query as unknown as Transaction<MigrationTable>;
    // Who waited for another process finds its work done.
    const applied = await rowsOf(query);
    const due = dueOf(schema, applied, driver);
    if (due.length > 0 && applied.length > 0) await driver.backUp?.();
    for (const name of due) {
      await runMigration(driver, { schema, name, query });
      await tables
        .insertInto('devservices_migration')
        .values({ owner: schema.owner, name, applied_at: new Date().toISOString() })
        .execute();
    }
  });
}

type Applied = readonly { owner: string; name: string }[];

async function readApplied({ query }: Driver): Promise<Applied> {
  try {
    return await rowsOf(query);
  } catch (thrown) {
    // No store that was ever migrated.
    if (isTableMissing(thrown)) return [];
    throw thrown;
  }
}

function rowsOf(query: Kysely<unknown>): Promise<Applied> {
  return (query as Kysely<MigrationTable>)
    .selectFrom('devservices_migration')
    .select(['owner', 'name'])
    .execute();
}

function isTableMissing(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  return (
    (thrown as { code?: unknown }).code === '42P01' ||
    thrown.message === 'no such table: devservices_migration'
  );
}

function dueOf({ owner, migrations }: Schema, applied: Applied, { location }: Driver): string[] {
  const done = applied.filter((one) => one.owner === owner).map(({ name }) => name);
  const unknown = done.filter((name) => !Object.hasOwn(migrations, name)).toSorted();
  if (unknown.length > 0) {
    const names = unknown.map((name) => `"${name}"`).join(', ');
    const what = `has the ${unknown.length === 1 ? 'migration' : 'migrations'} ${names} of plugin "${owner}"`;
    throw storeErrors.create('DS_STORE_NEWER', { store: location, what });
  }
  return Object.keys(migrations)
    .filter((name) => !done.includes(name))
    .toSorted();
}

async function runMigration(
  driver: Driver,
  { schema, name, query }: { schema: Schema; name: string; query: Transaction<unknown> },
): Promise<void> {
  try {
    await schema.migrations[name]?.(query, driver.dialect);
  } catch (thrown) {
    if (isDevServicesError(thrown)) throw thrown;
    const explained = driver.explain(thrown);
    if (explained) throw explained;
    throw storeErrors.create(
      'DS_STORE_MIGRATION_FAILED',
      {
        store: driver.location,
        owner: schema.owner,
        migration: name,
        reason: reasonOf(thrown),
      },
      thrown,
    );
  }
}
