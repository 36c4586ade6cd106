import { expect, test } from 'vitest';

import { createStoreDirectory } from '../../../../plugins/permissions/store-directory/create-store-directory.ts';
import { usePostgres } from '../../../rig/database.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { testDirectory } from '../store-directory/directory-contract.ts';
import { add, only, openDatabase, remove, replay } from '../store-directory/directory-rig.ts';
import { createApplication, permissionsTable, users } from './sentry-tables.ts';

const server = usePostgres();

testDirectory(() => createApplication(server()));

test('users are as the application has them', async () => {
  const { ask, directory } = await createApplication(server());
  await ask(`insert into auth_user (username, password, is_active, date_joined) values
    ('sso', '!' || repeat('x', 40), true, '2021-01-01'), ('empty', '', false, 'infinity')`);
  const ada = await only(directory.read.findByUsername('ada'));
  expect(ada).toEqual({
    id: '1',
    username: 'ada',
    email: 'ada@example.org',
    active: true,
    superuser: true,
    hasUsablePassword: true,
    created: '2020-02-29T10:00:00.000Z',
  });
  const sso = await only(directory.read.findByUsername('SSO'));
  expect(sso).toMatchObject({ email: null, active: true, hasUsablePassword: false });
  const empty = await only(directory.read.findByUsername('empty'));
  expect(empty).toMatchObject({ active: false, hasUsablePassword: false, created: null });
  expect(await directory.read.findByEmail('')).toEqual([]);
  expect(directory.description).toMatch(/^auth_user in test-\d+ at 127\.0\.0\.1$/);
});

test('users whose names differ in case only are found as several', async () => {
  const { ask, directory } = await createApplication(server());
  await ask(`insert into auth_user (username, email, password) values
    ('Ada', '', ''), ('ADA', 'ADA@example.org', ''), ('ÄDA', '', ''), ('ada ', '', '')`);
  const found = await directory.read.findByUsername('ada');
  expect(found.map(({ username }) => username).toSorted()).toEqual(['ADA', 'Ada', 'ada']);
  expect(await directory.read.findByEmail('ada@EXAMPLE.org')).toHaveLength(2);
  expect(await only(directory.read.findByUsername('äda'))).toMatchObject({ username: 'ÄDA' });
});

test('a letter that becomes another one in one of both cases finds nobody else', async () => {
  const { ask, directory } = await createApplication(server());
  await ask(`insert into auth_user (username, password) values ('kim', ''), ('STRASSE', '')`);
  // KELVIN SIGN, dotless i, sharp s.
  for (const name of ['\u212Aim', 'k\u0131m', 'stra\u00DFe']) {
    expect([name, await directory.read.findByUsername(name)]).toEqual([name, []]);
  }
});

test('nothing is written but the columns that are named', async () => {
  const { ask, directory } = await createApplication(server());
  const before = await ask('select * from auth_user order by id');
  const ada = await only(directory.read.findByUsername('ada'));
  await directory.change((tables) => tables.setUser(ada.id, { superuser: false }));
  await add(directory, ada, 'mail.read');
  await remove(directory, ada, 'mail.read');
  await add(directory, ada, 'beta');
  const after = await ask('select * from auth_user order by id');
  expect(after).toEqual([{ ...before[0], is_superuser: false }, before[1]]);
  expect(await ask('select user_id, permission from sentry_userpermission')).toEqual([
    { user_id: '1', permission: 'beta' },
  ]);
});

test('the application makes its users itself', async () => {
  const { directory } = await createApplication(server());
  expect(await directory.change(async (tables) => tables.addUser)).toBeUndefined();
});

test('what the configuration names no column of cannot be changed, and counts as so', async () => {
  const { another } = await createApplication(server());
  const { table, id, username } = users;
  const directory = another({ users: { table, id, username } });
  const bob = await only(directory.read.findByUsername('bob'));
  expect(bob).toMatchObject({ active: true, superuser: true, email: null, created: null });
  expect(await directory.read.findByEmail('bob@example.org')).toEqual([]);
  for (const changes of [{ active: false }, { superuser: true }, { email: 'b@example.org' }]) {
    const set = directory.change((tables) => tables.setUser(bob.id, changes));
    const facts = expect.objectContaining({ option: `users.${Object.keys(changes)[0]}` });
    await expect(set).rejects.toMatchObject({ code: 'DS_DIRECTORY_COLUMN_UNNAMED', facts });
  }
});

for (const [name, index] of Object.entries({
  'no unique index': '',
  'a partial one':
    'create unique index on sentry_userpermission (user_id, permission) where id > 0',
  'one checked at the end':
    'alter table sentry_userpermission add unique (user_id, permission) deferrable',
  'one of an expression':
    'create unique index on sentry_userpermission (user_id, lower(permission))',
})) {
  test(`with ${name} one of fifty has added it all the same`, async () => {
    const { ask, directory, another } = await createApplication(server());
    await ask(`drop table sentry_userpermission;
      ${permissionsTable.replace(/,\s*unique[^)]*\)/, '')} ${index}`);
    const ada = await only(directory.read.findByUsername('ada'));
    const directories = Array.from({ length: 5 }, () => another());
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, at) => add(directories[at % 5] ?? directory, ada, 'beta')),
    );
    expect(results.filter((isNew) => isNew)).toHaveLength(1);
    expect(await ask('select count(*)::int from sentry_userpermission')).toEqual([{ count: 1 }]);
    expect(await replay(directory, ada)).toEqual(['beta']);
  });
}

test('in one database with our own users each has its own log', async () => {
  const { url, directory } = await createApplication(server());
  const ada = await only(directory.read.findByUsername('ada'));
  // Ours comes second, to where the table of the log is already.
  await add(directory, ada, 'beta');
  const store = createStoreDirectory(openDatabase({ url }, createTempFolder()));
  const ours = await store.change(async (tables) => {
    const user = await tables.addUser?.({ username: 'ada', email: null, superuser: true });
    if (!user) throw new Error('Users of our own are made here.');
    return user;
  });
  await add(store, ours, 'gamma');
  const detailsOf = async ({ read }: typeof store) =>
    (await read.audit({ limit: 9 })).map(({ detail }) => detail);
  expect(await detailsOf(directory)).toEqual(['beta']);
  expect(await detailsOf(store)).toEqual(['gamma']);
});
