import type { Connection } from '../connection.ts';
import type { User } from '../contract.ts';
import type { DirectoryReader } from '../directory.ts';
import { toAuditEntry } from './audit-table.ts';
import { isSameName, keyOf } from './same-name.ts';
import { isStorable } from './storable.ts';
import type { StoreTables } from './tables.ts';

/** A database with our tables, or a transaction on it. */
export type StoreQuery = Connection<StoreTables>['query'];

export const userColumns = [
  'id',
  'username',
  'email',
  'active',
  'superuser',
  'created_at',
] as const;

type UserRow = Pick<StoreTables['devservices_user'], (typeof userColumns)[number]>;

/** What is in our tables. A text that no database can hold is simply not there. */
export function createStoreReader(query: StoreQuery): DirectoryReader {
  const users = query.selectFrom('devservices_user').select(userColumns);
  return {
    async findByUsername(username) {
      if (!isStorable(username)) return [];
      const rows = await users.where('username_key', '=', keyOf(username)).execute();
      return rows.filter((row) => isSameName(row.username, username)).map(toUser);
    },
    async findByEmail(email) {
      if (!isStorable(email)) return [];
      const rows = await users.where('email_key', '=', keyOf(email)).execute();
      return rows.filter((row) => isSameName(row.email ?? '', email)).map(toUser);
    },
    async findById(id) {
      if (!isStorable(id)) return undefined;
      const row = await users.where('id', '=', id).executeTakeFirst();
      return row && toUser(row);
    },
    async users() {
      return (await users.execute()).map(toUser);
    },
    async permissionsOf(userId) {
      if (!isStorable(userId)) return [];
      const rows = await query
        .selectFrom('devservices_permission')
        .select('permission')
        .where('user_id', '=', userId)
        .execute();
      return rows.map(({ permission }) => permission).toSorted();
    },
    async holdersOf(permission) {
      if (!isStorable(permission)) return [];
      const rows = await users
        .innerJoin('devservices_permission', 'user_id', 'id')
        .where('permission', '=', permission)
        .execute();
      return rows.map(toUser);
    },
    async audit({ userId, limit }) {
      if (userId !== undefined && !isStorable(userId)) return [];
      let entries = query.selectFrom('devservices_audit').selectAll();
      entries = entries.where('directory', '=', 'store');
      if (userId !== undefined) entries = entries.where('user_id', '=', userId);
      return (await entries.orderBy('id', 'desc').limit(limit).execute()).map(toAuditEntry);
    },
  };
}

export function toUser({ id, username, email, active, superuser, created_at }: UserRow): User {
  return {
    id,
    username,
    email,
    active: active === 1,
    superuser: superuser === 1,
    // They sign in elsewhere, if at all; there is no password here that could be unusable.
    hasUsablePassword: true,
    created: created_at,
  };
}
