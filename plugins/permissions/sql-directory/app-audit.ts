import type { AuditEntry } from '../contract.ts';
import type { DirectoryReader } from '../directory.ts';
import {
  type AuditTable,
  auditTableName,
  createAuditTable,
  toAuditEntry,
  toAuditRow,
} from '../store-directory/audit-table.ts';
import { isStorable } from '../store-directory/storable.ts';
import type { AppQuery } from './app-tables.ts';

/** Newest first; of a table that is not there yet, nothing. */
export async function readAppAudit(
  app: AppQuery,
  { userId, limit }: Parameters<DirectoryReader['audit']>[0],
): Promise<readonly AuditEntry[]> {
  const { sql, query, spec } = app;
  if (userId !== undefined && !isStorable(userId)) return [];
  if (!(await isThere(app))) return [];
  const { rows } = await sql<AuditTable>`
    select id, at, "by", action, user_id, username, detail from ${sql.table(nameOf(spec))}
    where directory = 'app' and ${userId === undefined ? sql`true` : sql`user_id = ${userId}`}
    order by id desc limit ${limit}`.execute(query);
  return rows.map(toAuditEntry);
}

/** Writes an entry, into a table that is made first where there is none: then it says true. */
export async function writeAppAudit(
  app: AppQuery,
  entry: Omit<AuditEntry, 'id' | 'at'>,
): Promise<boolean> {
  const { sql, query, spec } = app;
  const name = nameOf(spec);
  const isMade = !(await isThere(app)) && (await make(app, name));
  const { directory, at, by, action, user_id, username, detail } = toAuditRow('app', entry);
  await sql`
    insert into ${sql.table(name)} (directory, at, "by", action, user_id, username, detail)
    values (${directory}, ${at}, ${by}, ${action}, ${user_id}, ${username}, ${detail})`.execute(
    query,
  );
  return isMade;
}

export const nameOf = ({ audit }: AppQuery['spec']): string => audit ?? auditTableName;

async function make(app: AppQuery, name: string): Promise<boolean> {
  const { sql, query } = app;
  // `if not exists` alone fails where two make it at once.
  await sql`select pg_advisory_xact_lock(hashtext(${`devservices ${name}`}))`.execute(query);
  if (await isThere(app)) return false;
  await createAuditTable(query.schema, { name, dialect: 'postgres' });
  return true;
}

/** Looked for in the catalogue itself: `to_regclass` may not know yet what another has just made. */
async function isThere({ sql, query, spec }: AppQuery): Promise<boolean> {
  const [table, schema] = nameOf(spec).split('.').toReversed();
  const isInPlace =
    schema === undefined ? sql`nspname = any(current_schemas(false))` : sql`nspname = ${schema}`;
  const { rows } = await sql`
    select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relname = ${table} and ${isInPlace} and relkind in ('r', 'p', 'v', 'f')`.execute(query);
  return rows.length > 0;
}
