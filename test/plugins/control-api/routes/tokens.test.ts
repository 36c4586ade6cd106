import { expect, test } from 'vitest';
import { openTestApi } from '../../../rig/control-api.ts';
import { refused } from './refused.ts';

const sudo = { superuser: true, sudo: true };

async function open() {
  const opened = await openTestApi();
  const permissions = ['users.admin', 'options.write'];
  await opened.addUser('ada', { superuser: true, permissions });
  await opened.addUser('grace', { superuser: true, permissions: ['options.write'] });
  return { ...opened, ada: opened.api.client({ as: { user: 'ada' } }) };
}

test('a token is made, seen once, used and revoked', async () => {
  const { ada, api, test: host } = await open();
  const body = { name: 'ci', user: 'GRACE', permissions: ['options.write'], expires: '30d' };
  const made = await ada.post('/tokens', { body, ...sudo });
  expect(made.status).toBe(201);
  const { token, entry } = made.body;
  expect(token).toMatch(/^dst_[A-Za-z0-9_-]{43}$/);
  expect(entry).toMatchObject({
    name: 'ci',
    user: 'grace',
    permissions: ['options.write'],
    sudo: false,
    state: 'live',
    createdBy: 'user:ada',
    lastUsed: null,
  });
  const bearer = api.client({ as: { token } });
  expect((await bearer.get('/permissions')).status).toBe(200);
  const { body: listed } = await ada.get('/tokens', { superuser: true });
  expect(listed.tokens).toEqual([{ ...entry, lastUsed: expect.any(String) as unknown }]);
  expect(JSON.stringify(listed)).not.toContain(token);
  const revoked = await ada.delete('/tokens/{id}', { params: { id: entry.id }, ...sudo });
  expect(revoked.body).toMatchObject({
    change: 'revoked',
    entry: { state: 'revoked', revokedBy: 'user:ada' },
  });
  expect(await refused(bearer.get('/permissions'))).toBe('401 DS_API_TOKEN_REFUSED');
  const again = await ada.delete('/tokens/{id}', { params: { id: entry.id }, ...sudo });
  expect(again.body.change).toBe('unchanged');
  expect(JSON.stringify(host.events)).not.toContain(token);
});

test.each([
  ['no user', { name: 'ci' }, '400 DS_API_INVALID'],
  ['a user who is not there', { name: 'ci', user: 'eve' }, '400 DS_USER_UNKNOWN'],
  ['no name for a name', { name: 'c i', user: 'ada' }, '400 DS_API_TOKEN_INVALID'],
  ['a time in the past', { name: 'ci', user: 'ada', expires: '0s' }, '400 DS_API_TOKEN_INVALID'],
  ['a word for a time', { name: 'ci', user: 'ada', expires: 'soon' }, '400 DS_API_TOKEN_INVALID'],
  [
    'what nothing declares',
    { name: 'ci', user: 'ada', permissions: ['services.wite'] },
    '400 DS_API_PERMISSION_UNKNOWN',
  ],
  ['a name that is taken', { name: 'taken', user: 'ada' }, '409 DS_API_TOKEN_EXISTS'],
  ['a hash of its own', { name: 'ci', user: 'ada', hash: 'x' }, '400 DS_API_INVALID'],
])('no token is made with %s', async (_, body, code) => {
  const { ada, addToken } = await open();
  await addToken({ name: 'taken', user: 'ada' });
  expect(await refused(ada.request('POST', '/tokens', { body, ...sudo }))).toBe(code);
  expect((await ada.get('/tokens', { superuser: true })).body.tokens).toHaveLength(1);
});

test('a token makes tokens for others only, and only where it was made to decide that', async () => {
  const { api, addToken } = await open();
  const permissions = ['users.admin'];
  const decides = api.client({
    as: { token: await addToken({ name: 'boss', user: 'ada', permissions, sudo: true }) },
  });
  const looks = api.client({
    as: { token: await addToken({ name: 'eye', user: 'ada', permissions }) },
  });
  const make = (client: typeof decides, user: string) =>
    client.post('/tokens', { body: { name: 'new', user }, sudo: true });
  expect(await refused(make(looks, 'grace'))).toBe('403 DS_API_SUDO_NEEDED');
  expect(await refused(make(decides, 'Ada'))).toBe('403 DS_API_OWN_RIGHTS');
  expect((await looks.get('/tokens')).body.tokens).toHaveLength(2);
  expect((await make(decides, 'grace')).body.entry).toMatchObject({ createdBy: 'token:boss' });
});

test('what was never made cannot be revoked', async () => {
  const { ada, addToken } = await open();
  await addToken({ name: 'ci', user: 'ada' });
  for (const id of ['ci', 'x', "' or 1=1 --"]) {
    const call = ada.delete('/tokens/{id}', { params: { id }, ...sudo });
    expect(await refused(call)).toBe('404 DS_API_TOKEN_UNKNOWN');
  }
});
