import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

import {
  permissionsTable,
  usersTable,
} from '../plugins/permissions/sql-directory/sentry-tables.ts';
import { askPostgres } from '../rig/ask-postgres.ts';
import { freePorts } from '../rig/free-ports.ts';
import { removeKeptFolders } from '../rig/kept-folders.ts';
import { createStoreCheckout, password } from '../rig/store-checkout.ts';

const people = `
  insert into auth_user (username, email, password, is_superuser, is_active) values
    ('ada', 'ada@example.org', '${password}', true, true),
    ('bob', 'bob@example.org', '!', false, true),
    ('cleo', 'team@example.org', '!', true, true),
    ('Cleo', 'team@example.org', '!', true, true),
    ('dan', 'dan@example.org', '!', true, false);`;

const directory = `{
  declare: [
    { name: 'users.admin', description: 'Changes users' },
    { name: 'broadcasts.admin', description: 'Writes to everybody' },
  ],
  directory: sqlDirectory({
    service: 'postgres',
    users: {
      table: 'auth_user', id: 'id', username: 'username', email: 'email', active: 'is_active',
      superuser: 'is_superuser', password: 'password', created: 'date_joined',
    },
    permissions: { table: 'sentry_userpermission', user: 'user_id', permission: 'permission' },
  }),
}`;

describe("permissions in the application's own Postgres, which `up` brought up", () => {
  const checkout = createStoreCheckout();
  let port: number;
  const ask = (sql: string) => askPostgres({ port }, sql);
  const rows = () => ask('select xmin, u.* from sentry_userpermission u order by id');
  const task = async (...words: string[]) => {
    const ran = await checkout.task('permissions', words);
    expect(ran.stdout + ran.stderr).not.toContain(password);
    expect(ran.exitCode, ran.stderr).toBe(0);
    return { said: ran.stderr.trim(), shown: ran.stdout };
  };
  const give = (user: string, permission = 'users.admin', ...more: string[]) => [
    'add',
    `--user=${user}`,
    `--permission=${permission}`,
    ...more,
  ];

  beforeAll(async () => {
    [port] = await freePorts(1);
    checkout.configure({
      before: `import { embeddedPostgres } from 'devservices/embedded';`,
      services: `{ postgres: {
        run: embeddedPostgres({ database: 'app' }),
        ports: { sql: ${port} },
        exports: { DATABASE_URL: 'postgres://postgres:${password}@{address.sql}/app' },
      } }`,
      permissions: directory,
    });
    const { exitCode, stderr } = await checkout.task('up');
    if (exitCode !== 0) throw new Error(stderr);
    await ask(usersTable + permissionsTable + people);
  });
  afterAll(async () => {
    await checkout.task('down');
    removeKeptFolders(checkout.stateHome);
    await checkout[Symbol.asyncDispose]();
  });

  test('a permission is given by username in any case or by e-mail, once; the row is the application’s', async () => {
    const first = await task(...give('ADA'));
    expect(first.said).toContain('ada has users.admin now.');
    expect(first.said).toContain('Made the table devservices_audit');
    expect((await task(...give('Ada@Example.org'))).said).toBe('ada has users.admin already.');
    const { result } = await checkout.call('permissions', ...give('ada'));
    expect(result).toMatchObject({
      change: 'unchanged',
      directory: 'app',
      permission: 'users.admin',
    });
    expect(await ask('select user_id, permission from sentry_userpermission')).toEqual([
      { user_id: '1', permission: 'users.admin' },
    ]);
  });

  test('list, who and log say what there is', async () => {
    expect((await task('list', '--user', 'ada')).shown).toBe('Permissions of ada\n- users.admin\n');
    expect(await checkout.call('permissions', 'list', '--user', 'ada')).toMatchObject({
      isEffective: true,
      user: { id: '1', username: 'ada', email: 'ada@example.org', hasUsablePassword: true },
      permissions: [{ name: 'users.admin', isDeclared: true }],
    });
    expect((await task('who', '--permission', 'users.admin')).shown).toBe(
      'Who has users.admin\n- ada\n',
    );
    expect(
      await checkout.call('permissions', 'who', '--permission', 'broadcasts.admin'),
    ).toMatchObject({ users: [], isDeclared: true });
    const { entries } = await checkout.call('permissions', 'log');
    expect(entries).toMatchObject([
      {
        action: 'permission-added',
        username: 'ada',
        detail: 'users.admin',
        by: expect.stringMatching(/^os:/),
      },
    ]);
  });

  test('one that is not declared is given by force, and said to be so', async () => {
    await task(...give('ada', 'reports.read', '--force'));
    expect((await task('list', '--user', 'ada')).shown).toContain(
      '- reports.read (nothing declares it)',
    );
  });

  test('who is not active is given it, and told that it has no effect', async () => {
    expect((await task(...give('dan'))).said).toContain('It has no effect: dan is not active.');
  });

  test('who was a superuser can be looked at and is rid of it, also twice', async () => {
    await ask(`update auth_user set is_superuser = false where username = 'ada'`);
    expect((await task('list', '--user', 'ada')).shown).toContain('ada is no superuser');
    const remove = ['remove', '--user', 'ada', '--permission', 'users.admin'];
    expect((await task(...remove)).said).toBe('ada does not have users.admin any more.');
    expect((await task(...remove)).said).toBe('ada did not have users.admin.');
    const { result } = await checkout.call('permissions', 'users', 'set', 'ada', '--superuser');
    expect(result).toMatchObject({ change: 'changed', user: { superuser: true } });
    expect(await ask(`select is_superuser from auth_user where username = 'ada'`)).toEqual([
      { is_superuser: true },
    ]);
  });

  test('users of devservices itself are beside those of the application', async () => {
    await task('users', 'add', 'ada', '--superuser', '--directory', 'store');
    await task(...give('ada', 'broadcasts.admin', '--directory', 'store'));
    expect((await task('list', '--user', 'ada', '--directory', 'store')).shown).toContain(
      '- broadcasts.admin',
    );
    expect((await task('list', '--user', 'ada')).shown).not.toContain('broadcasts.admin');
  });

  test.each([
    ['somebody who is not there', 'adda', 'DS_USER_UNKNOWN', 'Did you mean "ada"?', 'users list'],
    ['two who answer to a name', 'CLEO', 'DS_USER_AMBIGUOUS', '(id 4)', '--user id:'],
    ['two with one address', 'team@example.org', 'DS_USER_AMBIGUOUS', '(id 3)', '--user id:'],
    ['who is no superuser', 'bob', 'DS_USER_NOT_SUPERUSER', 'bob is no superuser', 'users set bob'],
    ['a name with SQL in it', `x' or '1'='1`, 'DS_USER_UNKNOWN', `x' or '1'='1`, ''],
    ['an id with SQL in it', 'id:1 or 1=1', 'DS_USER_UNKNOWN', 'id:1 or 1=1', ''],
    ['an id out of range', 'id:99999999999999999999', 'DS_USER_UNKNOWN', 'id:9999', ''],
  ])('%s is refused, and no row changes', async (_, user, code, part, hint) => {
    const before = await rows();
    const refusal = await checkout.refusal(['permissions', ...give(user)]);
    expect(refusal).toMatchObject({ exitCode: 2, code });
    expect(refusal.message).toContain(part);
    expect(refusal.hint).toContain(hint);
    expect(await rows()).toEqual(before);
  });

  test('one of two is named by its id', async () => {
    await task(...give('id:4'));
    expect((await task('who', '--permission', 'users.admin')).shown).toContain('- Cleo\n');
  });

  test('a name longer than its column is refused before the database does', async () => {
    const refusal = await checkout.refusal([
      'permissions',
      ...give('ada', 'a'.repeat(33), '--force'),
    ]);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_PERMISSION_INVALID' });
    expect(refusal.message).toContain('has 33 characters, and there is room for 32');
  });

  test('users are not made beside the application', async () => {
    const refusal = await checkout.refusal(['permissions', 'users', 'add', 'eve']);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_DIRECTORY_USERS_ARE_ITS' });
  });

  test('a table that is missing is named', async () => {
    await ask('alter table sentry_userpermission rename to away');
    onTestFinished(
      async () => void (await ask('alter table away rename to sentry_userpermission')),
    );
    const refusal = await checkout.refusal(['permissions', ...give('ada')]);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_DIRECTORY_MISMATCH' });
    expect(refusal.message).toContain('sentry_userpermission');
  });

  test('while the service is down nobody is asked, also not who has its port', async () => {
    await checkout.task('down');
    const stranger = await listenAt(port);
    for (const words of [['list', '--user', 'ada'], give('ada')]) {
      const refusal = await checkout.refusal(['permissions', ...words]);
      expect(refusal).toMatchObject({ exitCode: 3, code: 'DS_STORE_SERVICE_DOWN' });
      expect(refusal.hint).toBe('Run `devservices up postgres`.');
    }
    expect(stranger.connections()).toBe(0);
    // Our own users are in a file.
    await task('list', '--user', 'ada', '--directory', 'store');
    await stranger.close();
    expect(await checkout.task('up')).toMatchObject({ exitCode: 0 });
    expect((await task('list', '--user', 'ada')).shown).toContain('reports.read');
  });
});

async function listenAt(port: number) {
  let count = 0;
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    count += 1;
    open.add(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = () => {
    for (const socket of open) socket.destroy();
    return new Promise<unknown>((resolve) => server.close(resolve));
  };
  onTestFinished(() => void close());
  return { connections: () => count, close };
}
