import type { Database } from '../connection.ts';
import { type AuditTable, auditTableName, createAuditTable } from './audit-table.ts';

/** What our own directory keeps; booleans are 0 and 1 in both dialects. */
export interface StoreTables {
  devservices_user: {
    id: string;
    username: string;
    username_key: string;
    email: string | null;
    email_key: string | null;
    active: number;
    superuser: number;
    created_at: string;
  };
  devservices_permission: { user_id: string; permission: string };
  devservices_audit: Generated<AuditTable>;
}

/** The id is the database's to give. */
type Generated<Row extends { id: unknown }> = Omit<Row, 'id'> & {
  id: {
    readonly __select__: Row['id'];
    readonly __insert__: Row['id'] | undefined;
    readonly __update__: Row['id'];
  };
};

type Schema = Parameters<Database['open']>[0];

/** Whose tables they are, and how they came to be. */
export const storeSchema: Schema = {
  owner: 'permissions',
  migrations: { '0001-users-and-permissions': createTables },
};

type Query = Parameters<Schema['migrations'][string]>[0];

async function createTables(
  { schema }: Query,
  dialect: Parameters<Schema['migrations'][string]>[1],
): Promise<void> {
  await schema
    .createTable('devservices_user')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('username_key', 'text', (column) => column.notNull())
    .addColumn('email', 'text')
    .addColumn('email_key', 'text')
    .addColumn('active', 'integer', (column) => column.notNull())
    .addColumn('superuser', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addUniqueConstraint('devservices_user_username_key', ['username_key'])
    .addUniqueConstraint('devservices_user_email_key', ['email_key'])
    .execute();
  await schema
    .createTable('devservices_permission')
    .addColumn('user_id', 'text', (column) => column.notNull().references('devservices_user.id'))
    .addColumn('permission', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('devservices_permission_key', ['user_id', 'permission'])
    .execute();
  await schema
    .createIndex('devservices_permission_holders')
    .on('devservices_permission')
    .columns(['permission', 'user_id'])
    .execute();
  await createAuditTable(schema, { name: auditTableName, dialect });
}
