import { createTestHost } from 'devservices/testing';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAuthorizer } from '../../../plugins/permissions/authorizer.ts';
import { permissions, sqlDirectory } from '../../../plugins/permissions/index.ts';
import { createSqlDirectory } from '../../../plugins/permissions/sql-directory/create-sql-directory.ts';
import { store } from '../../../plugins/store/index.ts';
import { usePostgres } from '../../rig/database.ts';
import { by, mailRead, refusalOf } from './open-permissions.ts';

const server = usePostgres();
const truths = [true, false];
const permission = 'mail.read';

let url = '';
const ask = (sql: string) => server().ask(sql, url);

/** The rules on the users of an application, as a framework makes their tables. */
async function openApplication() {
  const spec = sqlDirectory({
    url,
    users: {
      table: 'auth_user',
      id: 'id',
      username: 'username',
      email: 'email',
      active: 'is_active',
      superuser: 'is_superuser',
      password: 'password',
    },
    permissions: { table: 'app_userpermission', user: 'user_id', permission: 'permission' },
  });
  const plugins = [store(), permissions({ directory: spec, declare: [mailRead] })];
  const given = createTestHost({ config: { plugins } });
  onTestFinished(() => given.close());
  await given.host.configure();
  await given.host.initialize('permissions');
  const register = await given.host.use('permissions');
  return {
    register,
    authorizer: await given.host.use('authorizer'),
    directory: createSqlDirectory({
      database: await given.host.use('database'),
      spec,
      log: given.host.log,
    }),
  };
}

beforeAll(async () => {
  url = await server().createDatabase();
  await ask(`create table auth_user (id serial primary key, username varchar(128) unique not null,
    email varchar(75) not null default '', is_active boolean not null default true,
    is_superuser boolean not null default true, password varchar(128) not null default 'pbkdf2')`);
  await ask(`create table app_userpermission (id serial primary key,
    user_id integer not null references auth_user (id), permission varchar(32) not null,
    unique (user_id, permission))`);
});

describe('an application’s users', () => {
  test('are the default, and who signs in elsewhere or not any more is found too', async () => {
    await ask(`insert into auth_user (username, password, is_active) values
      ('sso', '', true), ('sso2', '!x', true), ('off', 'pbkdf2', false)`);
    const { register } = await openApplication();
    for (const [user, hasUsablePassword] of [
      ['SSO', false],
      ['sso2', false],
      ['Off', true],
    ] as const) {
      const added = await register.add({ user, permission, by });
      expect(added).toMatchObject({ change: 'added', directory: 'app' });
      expect(added.user.hasUsablePassword).toBe(hasUsablePassword);
    }
    const { users } = await register.who({ permission });
    expect(users.map(({ username, isEffective }) => [username, isEffective])).toEqual([
      ['off', false],
      ['sso', true],
      ['sso2', true],
    ]);
    expect(await register.users.list({ directory: 'store' })).toEqual([]);
  });

  test('who answer to one name are listed, and one is named by its id', async () => {
    const [first, second] = await ask(`insert into auth_user (username, email) values
      ('Twin', 'ops@example.org'), ('twin', 'OPS@example.org') returning id`);
    const { register } = await openApplication();
    for (const given of ['twin', 'ops@example.org']) {
      const refusal = await refusalOf(register.add({ user: given, permission, by }));
      expect(refusal).toMatchObject({ code: 'DS_USER_AMBIGUOUS', blame: 'user' });
      const lines = String(refusal['message']).split('\n').toSorted();
      expect(lines).toEqual([
        `  Twin <ops@example.org> (id ${String(first?.['id'])})`,
        `  twin <OPS@example.org> (id ${String(second?.['id'])})`,
        expect.stringMatching(/^2 users in auth_user in .* answer to "/),
      ]);
      expect(refusal['hint']).toMatch(/^Name one by its id: `--user id:\d+`\.$/);
    }
    const user = `id:${String(second?.['id'])}`;
    const added = await register.add({ user, permission, by });
    expect(added).toMatchObject({ change: 'added', user: { username: 'twin' } });
  });

  test('are made by the application, and get no more than their columns take', async () => {
    await ask(`insert into auth_user (username, is_superuser) values ('plain', false)`);
    const { register } = await openApplication();
    expect(await refusalOf(register.users.add({ username: 'eve', by }))).toMatchObject({
      code: 'DS_DIRECTORY_USERS_ARE_ITS',
    });
    const long = { user: 'sso', permission: 'a'.repeat(33), by, force: true };
    const refusal = await refusalOf(register.add(long));
    expect(refusal['message']).toContain('has 33 characters, and there is room for 32');
    const toPlain = await refusalOf(register.add({ user: 'plain', permission, by }));
    expect(toPlain['hint']).toBe(
      'Make plain a superuser in the application, or by `devservices permissions users set plain --superuser`.',
    );
  });

  test('keep names that no permission has here until they are taken away', async () => {
    const [row] = await ask(`insert into auth_user (username) values ('old') returning id`);
    await ask(`insert into app_userpermission (user_id, permission)
      values (${String(row?.['id'])}, 'Old Name')`);
    const { register } = await openApplication();
    const request = { user: 'old', permission: 'Old Name', by };
    expect((await register.who(request)).users).toHaveLength(1);
    expect(await register.remove(request)).toMatchObject({ change: 'removed' });
    expect(await refusalOf(register.remove(request))).toMatchObject({
      code: 'DS_PERMISSION_INVALID',
    });
    const [entry] = await register.log({ user: 'old' });
    expect(entry).toMatchObject({ action: 'permission-removed', detail: 'Old Name', by });
  });

  test('have no rights over HTTP by that', async () => {
    const { register, authorizer } = await openApplication();
    await register.add({ user: 'sso', permission, by });
    expect((await register.list({ user: 'sso' })).isEffective).toBe(true);
    expect(await authorizer.allows('sso', permission)).toBe(false);
  });
});

const cases = truths.flatMap((active) =>
  truths.flatMap((superuser) =>
    truths.flatMap((isDeclared) =>
      truths.flatMap((isHeld) =>
        ['pbkdf2', '!', ''].map((password) => ({
          active,
          superuser,
          isDeclared,
          isHeld,
          password,
        })),
      ),
    ),
  ),
);

test('every combination of active, superuser, declared, held and password', async () => {
  const { directory } = await openApplication();
  const authorizer = createAuthorizer({ directory, isDeclared: (name) => name === permission });
  for (const [index, { active, superuser, isDeclared, isHeld, password }] of cases.entries()) {
    const username = `case-${index}`;
    const name = isDeclared ? permission : 'mail.gone';
    await ask(`with made as (insert into auth_user (username, is_active, is_superuser, password)
        values ('${username}', ${active}, ${superuser}, '${password}') returning id)
      insert into app_userpermission (user_id, permission)
        select id, '${isHeld ? name : 'mail.other'}' from made`);
    const isAllowed = active && superuser && isDeclared && isHeld;
    expect([cases[index], await authorizer.allows(username, name)]).toEqual([
      cases[index],
      isAllowed,
    ]);
  }
  expect(cases).toHaveLength(48);
});

test('of several who answer to a name, none is allowed anything', async () => {
  const rows = await ask(`insert into auth_user (username) values ('Pair'), ('pair') returning id`);
  for (const { id } of rows) {
    await ask(`insert into app_userpermission (user_id, permission)
      values (${String(id)}, '${permission}')`);
  }
  const { directory } = await openApplication();
  const authorizer = createAuthorizer({ directory, isDeclared: () => true });
  expect(await authorizer.allows('pair', permission)).toBe(false);
  expect(await authorizer.allows(`id:${String(rows[0]?.['id'])}`, permission)).toBe(true);
});
