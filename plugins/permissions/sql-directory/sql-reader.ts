import type { User } from '../contract.ts';
import type { DirectoryReader } from '../directory.ts';
import { isSameName } from '../store-directory/same-name.ts';
import { readAppAudit } from './app-audit.ts';
import type { AppQuery, AppTables } from './app-tables.ts';

type Row = Omit<User, 'created'> & { created: number | null };

/** What is in the application's tables. */
export function createSqlReader(app: AppQuery): DirectoryReader {
  const { sql, query, tables, spec } = app;
  const usersWhere = async (condition: AppTables['isTheirs']): Promise<User[]> => {
    const { rows } = await sql<Row>`
      select ${tables.userFields} from ${tables.users} where ${condition}`.execute(query);
    return rows.map(toUser);
  };
  return {
    async findByUsername(username) {
      const users = await usersWhere(tables.hasUsername(username));
      return users.filter((user) => isSameName(user.username, username));
    },
    async findByEmail(email) {
      const users = await usersWhere(tables.hasEmail(email));
      return users.filter((user) => user.email !== null && isSameName(user.email, email));
    },
    async findById(id) {
      return (await usersWhere(tables.isUser(id)))[0];
    },
    users: () => usersWhere(sql`true`),
    async permissionsOf(userId) {
      const { rows } = await sql<{ name: string }>`
        select distinct ${sql.id('p', spec.permissions.permission)}::text as name
        from ${tables.permissions} where ${tables.isOf(userId)}`.execute(query);
      return rows.map(({ name }) => name).toSorted();
    },
    holdersOf: (permission) =>
      usersWhere(sql`exists (
        select from ${tables.permissions} where ${tables.isTheirs} and ${tables.isPermission(permission)})`),
    audit: (request) => readAppAudit(app, request),
  };
}

export async function lockUser(
  { sql, query, tables }: AppQuery,
  userId: string,
): Promise<User | undefined> {
  const { rows } = await sql<Row>`
    select ${tables.userFields} from ${tables.users} where ${tables.isUser(userId)} for update`.execute(
    query,
  );
  return rows[0] && toUser(rows[0]);
}

function toUser({ created, ...user }: Row): User {
  // Postgres has times that are no dates: infinity.
  const date = new Date((created ?? Number.NaN) * 1000);
  return { ...user, created: Number.isNaN(date.getTime()) ? null : date.toISOString() };
}
