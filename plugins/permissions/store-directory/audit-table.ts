import type { Connection, Dialect } from '../connection.ts';
import type { AuditEntry, DirectoryName } from '../contract.ts';

/**
 * Who changed what. The same in our store and in an application's database, which may be one: then
 * both write to one table.
 */
export interface AuditTable {
  /** Postgres gives a bigint as text. */
  id: number | string;
  directory: DirectoryName;
  at: string;
  by: string;
  action: AuditEntry['action'];
  user_id: string;
  username: string;
  detail: string;
}

export const auditTableName = 'devservices_audit';

/** Makes it unless it is there; the name may be `schema.table`. */
export async function createAuditTable(
  schema: Connection<never>['query']['schema'],
  { name, dialect }: { name: string; dialect: Dialect },
): Promise<void> {
  const isPostgres = dialect === 'postgres';
  await schema
    .createTable(name)
    .ifNotExists()
    // Never given twice, not even after the newest row is gone.
    .addColumn('id', isPostgres ? 'bigint' : 'integer', (column) =>
      isPostgres
        ? column.primaryKey().generatedAlwaysAsIdentity()
        : column.primaryKey().autoIncrement(),
    )
    .addColumn('directory', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createIndex(`${name.split('.').at(-1)}_of_user`)
    .ifNotExists()
    .on(name)
    .columns(['directory', 'user_id', 'id'])
    .execute();
}

/** The row of an entry that is made now. */
export function toAuditRow(
  directory: DirectoryName,
  { by, action, userId, username, detail }: Omit<AuditEntry, 'id' | 'at'>,
): Omit<AuditTable, 'id'> {
  const at = new Date().toISOString();
  return { directory, at, by, action, user_id: userId, username, detail };
}

export function toAuditEntry(row: Omit<AuditTable, 'directory'>): AuditEntry {
  const { id, at, by, action, user_id: userId, username, detail } = row;
  return { id: Number(id), at, by, action, userId, username, detail };
}
