import type { Connection, Fragment, Sql } from '../connection.ts';
import { isStorable } from '../store-directory/storable.ts';
import type { SqlDirectory } from './sql-directory.ts';
import type { Shapes, TableShape } from './table-shapes.ts';

/** The application's database, or a transaction on it, and what is known of its tables. */
export interface AppQuery {
  sql: Sql;
  query: Connection<unknown>['query'];
  tables: AppTables;
  spec: SqlDirectory;
}

/** Parts of statements on the application's tables: users are `u` in them, permissions `p`. */
export interface AppTables {
  users: Fragment;
  permissions: Fragment;
  /** A user without secrets: the hash of a password does not leave the database. */
  userFields: Fragment;
  isUser(id: string): Fragment;
  /** Whatever the case. */
  hasUsername(username: string): Fragment;
  hasEmail(email: string): Fragment;
  isOf(userId: string): Fragment;
  isPermission(permission: string): Fragment;
  /** That `p` is of `u`. */
  isTheirs: Fragment;
}

/** Pure: names as the configuration has them, types as the database has them. */
export function resolveAppTables(
  sql: Sql,
  { users, permissions }: SqlDirectory,
  shapes: Shapes,
): AppTables {
  const field = (name: string) => sql.id('u', name);
  const typeOf = (shape: TableShape, name: string) => shape.columns.get(name)?.type ?? '';
  const idType = typeOf(shapes.users, users.id);
  const userType = typeOf(shapes.permissions, permissions.user);
  const user = sql.id('p', permissions.user);
  const permission = sql.id('p', permissions.permission);
  const isAlike = idType === userType || [idType, userType].every((type) => type in integerBits);
  return {
    users: sql`${sql.table(users.table)} as u`,
    permissions: sql`${sql.table(permissions.table)} as p`,
    userFields: resolveUserFields(sql, users, shapes.users),
    isUser: (id) => equals(sql, { column: field(users.id), type: idType }, id),
    hasUsername: (name) =>
      equalsInAnyCase(sql, { name: users.username, shape: shapes.users }, name),
    hasEmail: (email) =>
      users.email === undefined
        ? sql`false`
        : equalsInAnyCase(sql, { name: users.email, shape: shapes.users }, email),
    isOf: (userId) => equals(sql, { column: user, type: userType }, userId),
    isPermission: (name) =>
      equals(
        sql,
        { column: permission, type: typeOf(shapes.permissions, permissions.permission) },
        name,
      ),
    isTheirs: isAlike
      ? sql`${user} = ${field(users.id)}`
      : sql`${user}::text = ${field(users.id)}::text`,
  };
}

const integerBits: Readonly<Record<string, number>> = { int2: 16, int4: 32, int8: 64 };
const textTypes = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * A text that a type does not take is nobody's, and no error of the database's. The column stands
 * by itself wherever it may, so that an index on it is used.
 */
function equals(
  sql: Sql,
  { column, type }: { column: Fragment; type: string },
  text: string,
): Fragment {
  if (!isStorable(text)) return sql`false`;
  const bits = integerBits[type];
  if (bits !== undefined) return isInteger(text, bits) ? sql`${column} = ${text}` : sql`false`;
  if (type === 'uuid') return uuid.test(text) ? sql`${column} = ${text}` : sql`false`;
  return textTypes.has(type) ? sql`${column} = ${text}` : sql`${column}::text = ${text}`;
}

function isInteger(text: string, bits: number): boolean {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return false;
  return BigInt.asIntN(bits, BigInt(text)) === BigInt(text);
}

/** By the function that there is an index by; without one by both, of which one may know a letter. */
function equalsInAnyCase(
  sql: Sql,
  { name, shape }: { name: string; shape: TableShape },
  text: string,
): Fragment {
  if (!isStorable(text)) return sql`false`;
  const { quoted = '', type } = shape.columns.get(name) ?? {};
  const column = sql.id('u', name);
  if (type === 'citext') return sql`${column} = ${text}`;
  const folds = [
    { fold: 'lower', folded: text.toLowerCase() },
    { fold: 'upper', folded: text.toUpperCase() },
  ];
  const indexed = folds.filter(({ fold }) =>
    shape.indexes.some(({ parts: [first] }) =>
      [`${fold}(${quoted})`, `${fold}((${quoted})::text)`].includes(first ?? ''),
    ),
  );
  // A database of the locale C knows the case of ASCII only.
  const conditions = (indexed.length > 0 ? indexed : folds).map(
    ({ fold, folded }) =>
      sql`${sql.raw(fold)}(${column}::text) in (${sql.raw(fold)}(${text}), ${folded})`,
  );
  return sql`(${sql.join(conditions, sql` or `)})`;
}

function resolveUserFields(sql: Sql, users: SqlDirectory['users'], shape: TableShape): Fragment {
  const text = (name: string) => sql`${sql.id('u', name)}::text`;
  const truth = (name: string | undefined) =>
    // Integers of 0 and 1 are truths as well.
    name === undefined ? sql`true` : sql`coalesce(${text(name)}::boolean, false)`;
  const { email, password, created } = users;
  const isTime = /^(?:timestamp|timestamptz|date)$/.test(
    shape.columns.get(created ?? '')?.type ?? '',
  );
  return sql`${text(users.id)} as id, coalesce(${text(users.username)}, '') as username,
    ${email === undefined ? sql`null` : sql`nullif(${text(email)}, '')`} as email,
    ${truth(users.active)} as active, ${truth(users.superuser)} as superuser,
    ${
      password === undefined
        ? sql`true`
        : sql`coalesce(${text(password)}, '') <> '' and left(${text(password)}, 1) <> '!'`
    } as "hasUsablePassword",
    ${created === undefined || !isTime ? sql`null` : sql`extract(epoch from ${sql.id('u', created)})::float8`} as created`;
}
