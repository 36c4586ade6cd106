import { randomUUID } from 'node:crypto';

import type { Dialect } from '../connection.ts';
import type { UserChanges } from '../contract.ts';
import type { DirectoryWriter } from '../directory.ts';
import { permissionErrors } from '../errors.ts';
import { toAuditRow } from './audit-table.ts';
import { keyOf } from './same-name.ts';
import { assertStorable, isStorable } from './storable.ts';
import { createStoreReader, type StoreQuery, toUser, userColumns } from './store-reader.ts';
import { violatedKey } from './violated-key.ts';

interface Transaction {
  query: StoreQuery;
  dialect: Dialect;
  /** Of the directory, for people. */
  description: string;
}

/** What one change does to our tables. */
export function createStoreWriter({ query, dialect, description }: Transaction): DirectoryWriter {
  const taken = (
    thrown: unknown,
    given: { username?: string; email?: string | null | undefined },
  ): unknown => {
    const what = violatedKey(thrown);
    if (what === undefined) return thrown;
    const facts = { what, given: given[what] ?? '', directory: description };
    return permissionErrors.create('DS_USER_EXISTS', facts, thrown);
  };
  return {
    ...createStoreReader(query),
    async lock(userId) {
      if (!isStorable(userId)) return undefined;
      const user = query
        .selectFrom('devservices_user')
        .select(userColumns)
        .where('id', '=', userId);
      // On SQLite nobody else writes since the change began.
      const row = await (dialect === 'postgres' ? user.forUpdate() : user).executeTakeFirst();
      return row && toUser(row);
    },
    async grant(userId, permission) {
      assertStorable({ 'The permission': permission });
      const added = await query
        .insertInto('devservices_permission')
        .values({ user_id: userId, permission })
        .onConflict((conflict) => conflict.columns(['user_id', 'permission']).doNothing())
        .returning('permission')
        .execute();
      return added.length > 0;
    },
    async revoke(userId, permission) {
      if (!isStorable(permission)) return false;
      const removed = await query
        .deleteFrom('devservices_permission')
        .where('user_id', '=', userId)
        .where('permission', '=', permission)
        .returning('permission')
        .execute();
      return removed.length > 0;
    },
    async record(entry) {
      const { by, username, detail } = entry;
      assertStorable({ 'Who changes it,': by, 'The username': username, 'The detail': detail });
      await query.insertInto('devservices_audit').values(toAuditRow('store', entry)).execute();
    },
    async addUser({ username, email, superuser }) {
      assertStorable({ 'The username': username, 'The e-mail address': email });
      const row = {
        id: randomUUID(),
        username,
        email,
        active: 1,
        superuser: superuser ? 1 : 0,
        created_at: new Date().toISOString(),
      };
      const keys = {
        username_key: keyOf(username),
        email_key: email === null ? null : keyOf(email),
      };
      try {
        await query
          .insertInto('devservices_user')
          .values({ ...row, ...keys })
          .execute();
      } catch (error) {
        throw taken(error, { username, email });
      }
      return toUser(row);
    },
    async setUser(userId, changes) {
      assertStorable({ 'The e-mail address': changes.email });
      const columns = columnsOf(changes);
      const user = query
        .selectFrom('devservices_user')
        .select(userColumns)
        .where('id', '=', userId);
      try {
        if (Object.keys(columns).length > 0) {
          await query
            .updateTable('devservices_user')
            .set(columns)
            .where('id', '=', userId)
            .execute();
        }
      } catch (error) {
        throw taken(error, changes);
      }
      return toUser(await user.executeTakeFirstOrThrow(() => unknownUser(userId, description)));
    },
  };
}

function columnsOf({ email, active, superuser }: UserChanges) {
  return {
    ...(email !== undefined && { email, email_key: keyOf(email) }),
    ...(active !== undefined && { active: active ? 1 : 0 }),
    ...(superuser !== undefined && { superuser: superuser ? 1 : 0 }),
  };
}

/** Somebody else removed the user between finding and changing. */
export function unknownUser(userId: string, directory: string): Error {
  const given = `id:${userId}`;
  return permissionErrors.create('DS_USER_UNKNOWN', { given, directory, unusual: [] });
}
