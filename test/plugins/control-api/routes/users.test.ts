import { expect, test } from 'vitest';
import { openTestApi } from '../../../rig/control-api.ts';
import { refused } from './refused.ts';

const sudo = { superuser: true, sudo: true };

/** ada decides who may do what, grace is a superuser without rights, bob nothing. */
async function open() {
  const opened = await openTestApi();
  await opened.addUser('ada', { superuser: true, permissions: ['users.admin'] });
  await opened.addUser('grace', { superuser: true });
  await opened.addUser('bob');
  const client = (user: string) => opened.api.client({ as: { user } });
  return { ...opened, ada: client('ada'), grace: client('grace'), bob: client('bob') };
}

test('users are listed, made, looked at and changed; the log says by whom', async () => {
  const { ada, api } = await open();
  const made = await ada.post('/users', {
    body: { username: 'Eve', email: 'eve@example.org' },
    ...sudo,
  });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    change: 'added',
    directory: 'store',
    user: { username: 'Eve', email: 'eve@example.org', active: true, superuser: false },
  });
  const { body: all } = await ada.get('/users', { superuser: true });
  expect(all.users.map(({ username }) => username)).toEqual(['ada', 'bob', 'Eve', 'grace']);
  for (const user of ['eve', 'EVE@example.org', `id:${made.body.user.id}`]) {
    const { body } = await ada.get('/users/{user}', { params: { user }, superuser: true });
    expect(body).toEqual(made.body.user);
  }
  const changed = await ada.patch('/users/{user}', {
    params: { user: 'eve' },
    body: { superuser: true, active: false },
    ...sudo,
  });
  expect(changed.body).toMatchObject({ change: 'changed', user: { superuser: true } });
  const { body: log } = await ada.get('/audit', { params: { user: 'eve' }, superuser: true });
  expect(log.entries.map(({ action, by, username }) => [action, by, username])).toEqual([
    ['user-changed', 'user:ada', 'Eve'],
    ['user-added', 'user:ada', 'Eve'],
  ]);
  const owner = api.client({ as: 'owner' });
  const { body: last } = await owner.get('/audit', { params: { limit: 1 } });
  expect(last.entries).toEqual(log.entries.slice(0, 1));
});

test('everybody sees themselves; of others they learn nothing, not even whether they are there', async () => {
  const { bob, ada, grace } = await open();
  const look = (client: typeof bob, user: string) =>
    client.get('/users/{user}', { params: { user } });
  expect((await look(bob, 'BOB')).body).toMatchObject({ username: 'bob' });
  const given = await bob.get('/users/{user}/permissions', { params: { user: 'bob' } });
  expect(given.body).toMatchObject({ isEffective: false, permissions: [] });
  for (const user of ['ada', 'eve', 'id:', 'id:7', "bob' or 1=1 --"]) {
    expect([user, await refused(look(bob, user))]).toEqual([user, '403 DS_API_FORBIDDEN']);
    const call = bob.get('/users/{user}/permissions', { params: { user } });
    expect([user, await refused(call)]).toEqual([user, '403 DS_API_FORBIDDEN']);
  }
  // Who may, and does not act so, is as anybody.
  expect(await refused(look(ada, 'bob'))).toBe('403 DS_API_FORBIDDEN');
  expect(await refused(look(grace, 'bob'))).toBe('403 DS_API_FORBIDDEN');
  const seen = ada.get('/users/{user}', { params: { user: 'eve' }, superuser: true });
  expect(await refused(seen)).toBe('404 DS_USER_UNKNOWN');
});

test('who all users are, and what was done to them, is for administrators', async () => {
  const { bob, ada, grace } = await open();
  for (const path of ['/users', '/audit', '/tokens'] as const) {
    expect(await refused(bob.get(path))).toBe('403 DS_API_FORBIDDEN');
    expect(await refused(grace.get(path, { superuser: true }))).toBe('403 DS_API_FORBIDDEN');
    expect(await refused(ada.get(path))).toBe('403 DS_API_SUPERUSER_NEEDED');
    expect((await ada.get(path, { superuser: true })).status).toBe(200);
  }
});

test('permissions are given once and taken once, by others than who has them', async () => {
  const { ada, api } = await open();
  const params = { user: 'Grace', permission: 'services.write' };
  const path = '/users/{user}/permissions/{permission}';
  expect((await ada.put(path, { params, ...sudo })).body).toMatchObject({
    change: 'added',
    user: { username: 'grace' },
    permission: 'services.write',
  });
  expect((await ada.put(path, { params, ...sudo })).body.change).toBe('unchanged');
  const who = { params: { permission: 'services.write' }, superuser: true };
  expect((await ada.get('/permissions/{permission}/users', who)).body).toMatchObject({
    isDeclared: true,
    users: [{ username: 'grace', isEffective: true }],
  });
  const grace = api.client({ as: { user: 'grace' } });
  const own = await grace.get('/users/{user}/permissions', { params: { user: 'grace' } });
  expect(own.body.permissions).toEqual([{ name: 'services.write', isDeclared: true }]);
  expect((await ada.delete(path, { params, ...sudo })).body.change).toBe('removed');
  expect((await ada.delete(path, { params, ...sudo })).body.change).toBe('unchanged');
  const { body } = await grace.get('/permissions');
  expect(body.permissions.map(({ name }) => name)).toEqual([
    'options.secrets',
    'options.write',
    'services.write',
    'users.admin',
  ]);
});

test.each([
  ['somebody who is not there', { user: 'eve' }, '404 DS_USER_UNKNOWN'],
  ['somebody who is no superuser', { user: 'bob' }, '409 DS_USER_NOT_SUPERUSER'],
  ['what nothing declares', { permission: 'services.wite' }, '404 DS_PERMISSION_UNKNOWN'],
  ['what is no name', { permission: 'a b' }, '400 DS_PERMISSION_INVALID'],
])('a permission is not given: %s', async (_, given, code) => {
  const { ada } = await open();
  const params = { user: 'grace', permission: 'services.write', ...given };
  const call = ada.put('/users/{user}/permissions/{permission}', { params, ...sudo });
  expect(await refused(call)).toBe(code);
});

test('nobody but the owner changes what they themselves may, by whatever name', async () => {
  const { ada, api, addToken, test: host } = await open();
  const register = await host.host.use('permissions');
  await register.users.set({ user: 'ada', changes: { email: 'ada@example.org' }, by: 'os:test' });
  const { id } = (await register.users.find({ user: 'ada' })) ?? {};
  const token = await addToken({
    name: 'ci',
    user: 'ada',
    permissions: ['users.admin'],
    sudo: true,
  });
  const bearer = api.client({ as: { token } });
  for (const client of [ada, bearer]) {
    for (const user of ['ada', 'ADA', 'Ada@example.org', `id:${id}`]) {
      const of = { user };
      const given = { user, permission: 'services.write' };
      const calls = [
        client.patch('/users/{user}', { params: of, body: { active: false }, ...sudo }),
        client.patch('/users/{user}', { params: of, body: { superuser: true }, ...sudo }),
        client.put('/users/{user}/permissions/{permission}', { params: given, ...sudo }),
        client.delete('/users/{user}/permissions/{permission}', {
          params: { user, permission: 'users.admin' },
          ...sudo,
        }),
      ];
      for (const call of calls) {
        expect([user, await refused(call)]).toEqual([user, '403 DS_API_OWN_RIGHTS']);
      }
    }
    const email = { params: { user: 'ada' }, body: { email: 'ada@example.org' }, ...sudo };
    expect((await client.patch('/users/{user}', email)).status).toBe(200);
  }
  const owner = api.client({ as: 'owner' });
  const off = { params: { user: 'ada' }, body: { active: false }, sudo: true };
  expect((await owner.patch('/users/{user}', off)).body.user.active).toBe(false);
  expect(await refused(bearer.get('/users'))).toBe('401 DS_API_TOKEN_REFUSED');
  expect(await refused(ada.get('/users', { superuser: true }))).toBe('401 DS_API_USER_REFUSED');
});

test.each([
  ['no name', {}, '400 DS_API_INVALID'],
  ['an empty name', { username: '' }, '400 DS_API_INVALID'],
  ['a name that is taken', { username: 'BOB' }, '409 DS_USER_EXISTS'],
  ['a name with a blank', { username: 'a b' }, '400 DS_USER_INVALID'],
  ['no address', { username: 'eve', email: 'eve' }, '400 DS_USER_INVALID'],
  ['a word too many', { username: 'eve', active: false }, '400 DS_API_INVALID'],
  ['a superuser by a text', { username: 'eve', superuser: 'true' }, '400 DS_API_INVALID'],
])('a user is not made with %s', async (_, body, code) => {
  const { ada } = await open();
  expect(await refused(ada.request('POST', '/users', { body, ...sudo }))).toBe(code);
  expect((await ada.get('/users', { superuser: true })).body.users).toHaveLength(3);
});

test('nothing is decided that was not said to be meant', async () => {
  const { ada, api } = await open();
  const body = { username: 'eve' };
  const unmeant = ada.post('/users', { body, superuser: true });
  expect(await refused(unmeant)).toBe('403 DS_API_SUDO_NEEDED');
  const owners = api.client({ as: 'owner' }).post('/users', { body });
  expect(await refused(owners)).toBe('403 DS_API_SUDO_NEEDED');
});

test('without the plugin that keeps users, there are none of these routes’ things', async () => {
  const { api } = await openTestApi({ isBare: true });
  const owner = api.client({ as: 'owner' });
  for (const path of ['/users', '/audit', '/permissions', '/options'] as const) {
    expect(await refused(owner.get(path))).toBe('404 DS_CONTRACT_MISSING');
  }
  expect(await refused(owner.get('/tokens'))).toBe('404 DS_CONTRACT_MISSING');
});
