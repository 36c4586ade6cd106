import type { User, UserChanges } from '../contract.ts';
import type { DirectoryWriter } from '../directory.ts';
import { permissionErrors } from '../errors.ts';
import { isSameName } from '../store-directory/same-name.ts';
import { assertStorable } from '../store-directory/storable.ts';
import { unknownUser } from '../store-directory/store-writer.ts';
import { writeAppAudit } from './app-audit.ts';
import { violatesKeyOf } from './explain-refusal.ts';
import type { AppQuery } from './app-tables.ts';
import { createSqlReader, lockUser } from './sql-reader.ts';
import type { Shapes } from './table-shapes.ts';

export interface AppTransaction extends AppQuery {
  shapes: Shapes;
  /** Of the directory, for people. */
  description: string;
  /** Called when the table of the audit log was made. */
  auditMade(): void;
}

/** What one change does to the application's tables. */
export function createSqlWriter(app: AppTransaction): DirectoryWriter {
  const { sql, query, tables, spec, description } = app;
  const { user, permission: name } = spec.permissions;
  const isHeld = async (userId: string, permission: string): Promise<boolean> => {
    const { rows } = await sql`
      select from ${tables.permissions}
      where ${tables.isOf(userId)} and ${tables.isPermission(permission)} limit 1`.execute(query);
    return rows.length > 0;
  };
  const insert = async (userId: string, permission: string): Promise<boolean> => {
    const conflict = hasKey(app)
      ? sql`on conflict (${sql.id(user)}, ${sql.id(name)}) do nothing`
      : sql``;
    const { rows } = await sql`
      insert into ${sql.table(spec.permissions.table)} (${sql.id(user)}, ${sql.id(name)})
      values (${userId}, ${permission}) ${conflict} returning 1 as one`.execute(query);
    return rows.length > 0;
  };
  return {
    ...createSqlReader(app),
    lock: (userId) => lockUser(app, userId),
    async grant(userId, permission) {
      assertStorable({ 'The permission': permission });
      if (!hasKey(app)) {
        // Nothing but the locked row keeps two from adding it at once.
        await lockUser(app, userId);
        if (await isHeld(userId, permission)) return false;
      }
      if (await insert(userId, permission)) return true;
      if (await isHeld(userId, permission)) return false;
      throw leftOut(description, 'was not added');
    },
    async revoke(userId, permission) {
      const { rows } = await sql`
        delete from ${tables.permissions}
        where ${tables.isOf(userId)} and ${tables.isPermission(permission)} returning 1 as one`.execute(
        query,
      );
      if (rows.length > 0) return true;
      if (await isHeld(userId, permission)) throw leftOut(description, 'was not removed');
      return false;
    },
    async record(entry) {
      const { by, username, detail } = entry;
      assertStorable({ 'Who changes it,': by, 'The username': username, 'The detail': detail });
      if (await writeAppAudit(app, entry)) app.auditMade();
    },
    async setUser(userId, changes) {
      assertStorable({ 'The e-mail address': changes.email });
      const assignments = assignmentsOf(app, changes);
      if (assignments.length > 0) {
        await sql`
          update ${tables.users} set ${sql.join(assignments)} where ${tables.isUser(userId)}`
          .execute(query)
          .catch((thrown: unknown) => {
            throw takenEmail(app, changes, thrown) ?? thrown;
          });
      }
      const after = await createSqlReader(app).findById(userId);
      if (after === undefined) throw unknownUser(userId, description);
      if (isAsAsked(after, changes)) return after;
      throw leftOut(description, 'was not changed');
    },
  };
}

/** Whether `on conflict` can name the pair: a unique index of these two columns and of no more. */
function hasKey({ shapes: { permissions }, spec }: AppTransaction): boolean {
  const { user, permission } = spec.permissions;
  const pair = [user, permission].map((column) => permissions.columns.get(column)?.quoted);
  return permissions.indexes.some(
    ({ isKey, parts }) =>
      isKey && parts.length === 2 && pair.every((column) => parts.includes(column ?? '')),
  );
}

function assignmentsOf({ sql, spec, shapes, description }: AppTransaction, changes: UserChanges) {
  const keys = (['email', 'active', 'superuser'] as const).filter(
    (key) => changes[key] !== undefined,
  );
  return keys.map((key) => {
    const column = spec.users[key];
    if (column === undefined) {
      const facts = { option: `users.${key}`, directory: description };
      throw permissionErrors.create('DS_DIRECTORY_COLUMN_UNNAMED', facts);
    }
    const value = changes[key];
    const { type = '', limit = null } = shapes.users.columns.get(column) ?? {};
    if (typeof value !== 'boolean') {
      if (limit !== null) assertFits(value ?? '', limit);
      return sql`${sql.id(column)} = ${value}`;
    }
    if (type === 'bool') return sql`${sql.id(column)} = ${value}`;
    if (/^(?:int[248]|numeric)$/.test(type)) return sql`${sql.id(column)} = ${value ? 1 : 0}`;
    throw permissionErrors.create('DS_DIRECTORY_MISMATCH', {
      directory: description,
      problem: `users.${key} is column ${column} of type ${type}, and neither a boolean nor an integer`,
    });
  });
}

function assertFits(email: string, limit: number): void {
  const { length } = Array.from(email);
  if (length <= limit) return;
  const problem = `has ${length} characters, and there is room for ${limit}`;
  throw permissionErrors.create('DS_USER_INVALID', { what: 'email', given: email, problem });
}

function takenEmail(app: AppTransaction, { email = '' }: UserChanges, thrown: unknown) {
  const column = app.shapes.users.columns.get(app.spec.users.email ?? '');
  if (!violatesKeyOf(thrown, app.shapes.users, column)) return undefined;
  const facts = { what: 'email', given: email, directory: app.description } as const;
  return permissionErrors.create('DS_USER_EXISTS', facts, thrown);
}

/** An e-mail address may be written in small letters there. */
function isAsAsked(user: User, { email, active, superuser }: UserChanges): boolean {
  return (
    (active ?? user.active) === user.active &&
    (superuser ?? user.superuser) === user.superuser &&
    isSameName(email ?? user.email ?? '', user.email ?? '')
  );
}

/** A trigger, a rule or a policy can keep a row from being written without a word. */
function leftOut(directory: string, what: string): Error {
  const reason = `the row ${what}, and it does not say why`;
  const remedy = 'Look for a trigger, a rule or a policy of the table that keeps the row out.';
  return permissionErrors.create('DS_DIRECTORY_REFUSED', { directory, reason, remedy });
}
