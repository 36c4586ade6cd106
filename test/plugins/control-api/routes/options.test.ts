import { z } from 'devservices';
import { expect, test } from 'vitest';
import type { As } from '../../../../plugins/control-api/client.ts';
import { openTestApi } from '../../../rig/control-api.ts';
import { refused } from './refused.ts';

const hidden = 'hunter2-of-ada';

async function open() {
  const opened = await openTestApi();
  const options = await opened.test.host.use('projectOptions');
  for (const option of [
    { key: 'mail.from', schema: z.email(), default: 'dev@localhost.test' },
    { key: 'mail.port', schema: z.int().min(1).max(65_535) },
    { key: 'mail.servers', schema: z.array(z.string()), default: ['one'] },
    { key: 'mail.since', schema: z.string().transform((text) => text.length) },
    { key: 'mail.password', schema: z.string().min(8), sensitivity: 'secret' as const },
  ]) {
    options.declare(option);
  }
  const permissions = ['options.write', 'options.secrets'];
  await opened.addUser('ada', { superuser: true, permissions });
  await opened.addUser('bob');
  const client = (as: As) => opened.api.client({ as });
  return { ...opened, client, ada: client({ user: 'ada' }), bob: client({ user: 'bob' }) };
}

test('options are read, stored and forgotten', async () => {
  const { ada, bob } = await open();
  const one = { params: { key: 'mail.port' } };
  expect((await bob.get('/options/{key}', one)).body).toEqual({
    key: 'mail.port',
    isStored: false,
    isRedacted: false,
    sensitivity: 'internal',
  });
  const put = (key: string, value: z.core.util.JSONType) =>
    ada.put('/options/{key}', { params: { key }, body: { value }, superuser: true });
  expect((await put('mail.port', 25)).body).toMatchObject({ change: 'changed', key: 'mail.port' });
  expect((await put('mail.port', 25)).body).toMatchObject({ change: 'unchanged' });
  await put('mail.servers', ['a', 'b']);
  await put('mail.since', 'four');
  const { body } = await bob.get('/options');
  expect(body.options.map(({ key, stored, effective }) => [key, stored, effective])).toEqual([
    ['mail.from', undefined, 'dev@localhost.test'],
    ['mail.port', 25, 25],
    ['mail.servers', ['a', 'b'], ['a', 'b']],
    ['mail.since', 'four', 4],
    ['mail.password', undefined, undefined],
  ]);
  const forget = () => ada.delete('/options/{key}', { ...one, superuser: true });
  expect((await forget()).body.change).toBe('changed');
  expect((await forget()).body.change).toBe('unchanged');
  expect((await bob.get('/options/{key}', one)).body.isStored).toBe(false);
});

test('a secret is for who may see secrets, and asks so that it counts', async () => {
  const { ada, bob, client, addToken, test: host } = await open();
  const params = { key: 'mail.password' };
  await ada.put('/options/{key}', { params, body: { value: hidden }, superuser: true });
  const token = async (name: string, permissions: string[]) =>
    client({ token: await addToken({ name, user: 'ada', permissions }) });
  const lists = await token('lists', ['options.secrets']);
  const bare = await token('bare', ['options.write']);
  const readers = {
    owner: client('owner').get('/options'),
    ada: ada.get('/options'),
    superuser: ada.get('/options', { superuser: true }),
    bob: bob.get('/options'),
    lists: lists.get('/options'),
    unlisted: bare.get('/options'),
    lowered: lists.get('/options', { superuser: false }),
  };
  const seen: string[] = [];
  for (const [name, reading] of Object.entries(readers)) {
    const { body } = await reading;
    const found = body.options.find(({ key }) => key === 'mail.password');
    const isSeen = JSON.stringify(body).includes(hidden);
    expect(found).toMatchObject({ isStored: true, sensitivity: 'secret', isRedacted: !isSeen });
    if (isSeen) seen.push(name);
  }
  expect(seen).toEqual(['owner', 'superuser', 'lists']);
  expect(JSON.stringify(host.events)).not.toContain(hidden);
});

test('who may not write, does not', async () => {
  const { ada, bob } = await open();
  const call = { params: { key: 'mail.port' }, body: { value: 25 } };
  expect(await refused(bob.put('/options/{key}', call))).toBe('403 DS_API_FORBIDDEN');
  expect(await refused(ada.put('/options/{key}', call))).toBe('403 DS_API_SUPERUSER_NEEDED');
  const gone = bob.delete('/options/{key}', { params: { key: 'mail.port' } });
  expect(await refused(gone)).toBe('403 DS_API_FORBIDDEN');
});

test.each([
  ['mail.port', { value: 'many' }, '400 DS_OPTION_INVALID'],
  ['mail.port', { value: null }, '400 DS_OPTION_INVALID'],
  ['mail.port', {}, '400 DS_API_INVALID'],
  ['mail.port', { value: 25, force: true }, '400 DS_API_INVALID'],
  ['mail.port', 25, '400 DS_API_INVALID'],
  ['mail.password', { value: 'hunter2' }, '400 DS_OPTION_INVALID'],
  ['mail.prot', { value: 25 }, '404 DS_OPTION_UNKNOWN'],
  ['__proto__', { value: 25 }, '404 DS_OPTION_UNKNOWN'],
])('%s does not take %j', async (key, body, code) => {
  const { ada, client } = await open();
  const call = ada.request('PUT', '/options/{key}', { params: { key }, body, superuser: true });
  expect(await refused(call)).toBe(code);
  const told = await call.catch((thrown: unknown) => (thrown as { body: unknown }).body);
  expect(JSON.stringify(told)).not.toContain('hunter2');
  const { body: after } = await client('owner').get('/options');
  expect(after.options.filter(({ isStored }) => isStored)).toEqual([]);
});
