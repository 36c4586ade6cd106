import { expect, test } from 'vitest';

import type { SqlDirectory } from '../../../../plugins/permissions/sql-directory/sql-directory.ts';
import { usePostgres } from '../../../rig/database.ts';
import { add, only, remove, replay } from '../store-directory/directory-rig.ts';
import { createApplication, usersTable, permissionsTable } from './sentry-tables.ts';

const server = usePostgres();
const permissions = { table: 'p', user: 'u', permission: 'name' };

interface Tables {
  tables: string;
  spec: Pick<SqlDirectory, 'users' | 'permissions'>;
  /** Whether another name of a permission is refused, and for what. */
  limit?: number;
}

const users = { table: 'u', id: 'id', username: 'name', active: 'active', superuser: 'boss' };
const uuid = '7b3a1de4-52ab-4c2c-9d8e-0a4f6f1d2c3b';

const applications: Readonly<Record<string, Tables>> = {
  'ids that are UUIDs': {
    tables: `create table u (id uuid primary key, name text, active bool, boss bool);
      create table p (u uuid references u (id), name text, primary key (u, name));
      insert into u values ('${uuid}', 'Ada', true, true)`,
    spec: { users, permissions },
  },
  'ids that are texts, and truths that are numbers': {
    tables: `create table u (id text primary key, name char(20), active smallint, boss numeric);
      create table p (u text references u (id), name char(30), unique (name, u));
      insert into u values ('it''s "me"', 'Ada', 1, 1)`,
    spec: { users, permissions },
    limit: 30,
  },
  'ids that are texts at one end and numbers at the other': {
    tables: `create table u (id bigint primary key, name varchar, active int, boss int);
      create table p (u varchar(40), name varchar(20));
      insert into u values (9007199254740993, 'Ada', 1, 1)`,
    spec: { users, permissions },
    limit: 20,
  },
  'small numbers, and permissions of types of its own': {
    tables: `create domain short as varchar(12); create type kind as enum ('beta', 'mail.read');
      create table u (id smallserial primary key, name short, active bool, boss bool);
      create table p (u int references u (id), name kind, unique (u, name));
      insert into u (name, active, boss) values ('Ada', true, true)`,
    spec: { users, permissions },
  },
  'permissions of a limited domain': {
    tables: `create domain short as varchar(12);
      create table u (id serial primary key, name short, active bool, boss bool);
      create table p (u bigint references u (id), name short, unique (u, name));
      insert into u (name, active, boss) values ('Ada', true, true)`,
    spec: { users, permissions },
    limit: 12,
  },
  'names with signs of SQL in them': {
    tables: `create schema "my ""schema""";
      create table "my ""schema"""."u; --" ("$1" bigserial primary key, "User ""name""" text, "ä" bool, "?" bool);
      create table "my ""schema"""."'p'" ("select" bigint, "%" text, unique ("select", "%"));
      insert into "my ""schema"""."u; --" ("User ""name""", "ä", "?") values ('Ada', true, true)`,
    spec: {
      users: {
        table: 'my "schema".u; --',
        id: '$1',
        username: 'User "name"',
        active: 'ä',
        superuser: '?',
      },
      permissions: { table: `my "schema".'p'`, user: 'select', permission: '%' },
    },
  },
};

for (const [name, { tables, spec, limit }] of Object.entries(applications)) {
  test(`${name} are no hindrance`, async () => {
    const { another } = await createApplication(server(), tables);
    const directory = another(spec);
    const ada = await only(directory.read.findByUsername('ADA'));
    expect(ada).toMatchObject({ username: 'Ada', active: true, superuser: true });
    expect(await directory.read.findById(ada.id)).toEqual(ada);
    for (const odd of [
      '',
      'x',
      '0',
      '-5',
      '70000',
      '9'.repeat(30),
      'Ada',
      uuid.replace('7', '8'),
    ]) {
      expect([odd, await directory.read.findById(odd)]).toEqual([odd, undefined]);
    }
    expect(await directory.permissionLimit()).toBe(limit);
    expect(await add(directory, ada, 'beta')).toBe(true);
    expect(await add(directory, ada, 'beta')).toBe(false);
    expect(await add(directory, ada, 'mail.read')).toBe(true);
    expect(await directory.read.permissionsOf(ada.id)).toEqual(['beta', 'mail.read']);
    expect(await directory.read.holdersOf('beta')).toEqual([ada]);
    expect(await directory.read.holdersOf('no such one')).toEqual([]);
    expect(await remove(directory, ada, 'no such one')).toBe(false);
    expect(await remove(directory, ada, 'beta')).toBe(true);
    expect(await replay(directory, ada)).toEqual(['mail.read']);
    const set = (active: boolean) =>
      directory.change((writer) => writer.setUser(ada.id, { active, superuser: active }));
    expect(await set(false)).toEqual({ ...ada, active: false, superuser: false });
    expect(await set(true)).toEqual(ada);
  });
}

test('a truth that is neither a boolean nor a number is not written', async () => {
  const { another } = await createApplication(
    server(),
    `create table u (id int primary key, name text, active text, boss bool);
     create table p (u int, name text); insert into u values (1, 'Ada', 'yes', true)`,
  );
  const directory = another({ users, permissions });
  expect(await directory.read.findById('1')).toMatchObject({ active: true });
  await expect(
    directory.change((tables) => tables.setUser('1', { active: false })),
  ).rejects.toMatchObject({ code: 'DS_DIRECTORY_MISMATCH' });
});

const many = `${usersTable + permissionsTable}
  insert into auth_user (username, email, password)
    select 'User' || n, 'user' || n || '@example.org', '!' from generate_series(1, 10000) n;
  insert into sentry_userpermission (user_id, permission) select id, 'p' || id % 5000 from auth_user;
  analyze;`;

for (const index of ['lower(username)', 'upper(username)']) {
  test(`among ten thousand users one is found by the index on ${index}`, async () => {
    const { ask, directory } = await createApplication(
      server(),
      `${many} create index folded on auth_user (${index})`,
    );
    await directory.read.users();
    const scansOf = async (work: () => Promise<unknown>) => {
      const before = await readScans(ask);
      await work();
      // What a connection has counted is seen when it has been idle for a second, or has ended.
      await ask(`select pg_terminate_backend(pid, 10000) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`);
      const after = await readScans(ask);
      return { all: after.all - before.all, folded: after.folded - before.folded };
    };
    await scansOf(() => directory.read.users());
    const found = await scansOf(async () => {
      expect(await only(directory.read.findByUsername('user7777'))).toMatchObject({ id: '7777' });
      expect(await only(directory.read.findByUsername('USER8'))).toMatchObject({ id: '8' });
      expect(await directory.read.findById('77')).toMatchObject({ username: 'User77' });
      expect(await directory.read.permissionsOf('77')).toEqual(['p77']);
    });
    expect(found.all).toBe(0);
    expect(found.folded).toBeGreaterThanOrEqual(2);
  });
}

test('ten thousand users are listed, and the holders among them', async () => {
  const { directory } = await createApplication(server(), many);
  expect(await directory.read.users()).toHaveLength(10_000);
  const holders = await directory.read.holdersOf('p77');
  expect(holders.map(({ id }) => id).toSorted()).toEqual(['5077', '77']);
  expect(await only(directory.read.findByUsername('USER7777'))).toMatchObject({ id: '7777' });
});

async function readScans(ask: (sql: string) => Promise<Record<string, unknown>[]>) {
  const [row] = await ask(`select
    (select seq_scan::int from pg_stat_user_tables where relname = 'auth_user') as all,
    (select idx_scan::int from pg_stat_user_indexes where indexrelname = 'folded') as folded`);
  return row as { all: number; folded: number };
}
