import { expect, test } from 'vitest';

import {
  sqlDirectory,
  sqlDirectorySchema,
} from '../../../../plugins/permissions/sql-directory/sql-directory.ts';

const users = { table: 'auth_user', id: 'id', username: 'username' };
const permissions = { table: 'app.user_permission', user: 'user_id', permission: 'permission' };

test('what is written is what is read', () => {
  const directory = sqlDirectory({
    service: 'postgres',
    variable: 'DATABASE_URL',
    users,
    permissions,
  });
  expect(sqlDirectorySchema.parse(directory)).toEqual(directory);
});

test('a database is named by a service or by a URL, and names in it can be names', () => {
  const good = { service: 'postgres', users, permissions };
  const wrong = [
    { users, permissions },
    { ...good, url: 'postgres://localhost/app' },
    { url: 'postgres://localhost/app', variable: 'DATABASE_URL', users, permissions },
    { ...good, users: { ...users, table: 'a.b.c' } },
    { ...good, users: { ...users, table: '.users' } },
    { ...good, users: { ...users, id: '' } },
    { ...good, users: { ...users, id: 'i\0d' } },
    { ...good, users: { ...users, usrname: 'username' } },
    { ...good, permissions: { table: 'p', user: 'user_id' } },
    { ...good, audit: 'schema.' },
  ];
  expect(sqlDirectorySchema.safeParse(good).success).toBe(true);
  expect(wrong.filter((one) => sqlDirectorySchema.safeParse(one).success)).toEqual([]);
});
