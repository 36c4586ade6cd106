import type { Directory } from '../../../../plugins/permissions/directory.ts';
import { createSqlDirectory } from '../../../../plugins/permissions/sql-directory/create-sql-directory.ts';
import type { SqlDirectory } from '../../../../plugins/permissions/sql-directory/sql-directory.ts';
import type { PostgresServer } from '../../../rig/postgres-server.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { openDatabase } from '../store-directory/directory-rig.ts';

/** Tables of an application that was written long before, and does not know of us. */
export interface Application {
  url: string;
  spec: SqlDirectory;
  directory: Directory;
  /** What the plugin told. */
  log: string[];
  ask: (sql: string) => Promise<Record<string, unknown>[]>;
  /** Connected by itself; `changes` to where everything is. */
  another(changes?: Partial<SqlDirectory>): Directory;
}

export const usersTable = `
  create table auth_user (
    id bigserial primary key, password varchar(128) not null, last_login timestamptz,
    username varchar(128) not null unique, name varchar(200) not null default '',
    email varchar(75) not null default '', is_staff boolean not null default false,
    is_active boolean not null default true, is_superuser boolean not null default false,
    date_joined timestamptz not null default '2020-02-29 12:00:00+02', flags bigint default 0
  );`;

export const permissionsTable = `
  create table sentry_userpermission (
    id bigserial primary key, permission varchar(32) not null,
    user_id bigint not null references auth_user (id) deferrable initially deferred,
    unique (user_id, permission)
  );`;

const people = `
  insert into auth_user (username, email, password, is_superuser) values
    ('ada', 'ada@example.org', 'pbkdf2_sha256$secret-of-ada', true),
    ('bob', 'bob@example.org', '!', false);`;

/** A database of one test's own, with Ada and Bob in it. */
export async function createApplication(
  server: PostgresServer,
  tables: string = usersTable + permissionsTable + people,
): Promise<Application> {
  const url = await server.createDatabase();
  const ask = (sql: string) => server.ask(sql, url);
  await ask(tables);
  const spec = { url, users, permissions };
  const log: string[] = [];
  const folder = createTempFolder();
  const another: Application['another'] = (changes) =>
    createSqlDirectory({
      database: openDatabase({}, folder),
      spec: { ...spec, ...changes },
      log: { info: (text) => log.push(text) },
    });
  return { url, spec, log, ask, another, directory: another() };
}

export const users = {
  table: 'auth_user',
  id: 'id',
  username: 'username',
  email: 'email',
  active: 'is_active',
  superuser: 'is_superuser',
  password: 'password',
  created: 'date_joined',
};

export const permissions = {
  table: 'sentry_userpermission',
  user: 'user_id',
  permission: 'permission',
};
