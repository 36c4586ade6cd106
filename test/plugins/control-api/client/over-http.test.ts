import { expect, test } from 'vitest';
import type { RawCallOptions } from '../../../../plugins/control-api/client.ts';
import { createHttpClient } from '../../../../plugins/control-api/client/index.ts';
import { serve } from '../server/served.ts';

const said = ['authorization', 'devservices-as', 'devservices-superuser', 'devservices-sudo'];

// Answers with what the client said of itself.
const echo = (request: Request): Response =>
  Response.json(Object.fromEntries([...request.headers].filter(([name]) => said.includes(name))));

test.each<readonly [what: string, options: RawCallOptions, headers: Record<string, string>]>([
  ['as whoever has the token', {}, { authorization: 'Bearer own' }],
  ['as the owner', { as: 'owner' }, { authorization: 'Bearer own', 'devservices-as': 'owner' }],
  ['as nobody', { as: 'anonymous' }, {}],
  ['by another token', { as: { token: 'other' } }, { authorization: 'Bearer other' }],
  [
    'as a user, whatever their name',
    { as: { user: 'åda :x' } },
    { authorization: 'Bearer own', 'devservices-as': 'user:%C3%A5da%20%3Ax' },
  ],
  [
    'as a superuser who means it',
    { superuser: true, sudo: true },
    {
      authorization: 'Bearer own',
      'devservices-superuser': 'true',
      'devservices-sudo': 'true',
    },
  ],
  [
    'as no superuser',
    { superuser: false },
    { authorization: 'Bearer own', 'devservices-superuser': 'false' },
  ],
  [
    'on behalf of a request of a user',
    { request: { principal: { kind: 'user', user: 'ada' } } },
    { authorization: 'Bearer own', 'devservices-as': 'user:ada' },
  ],
  ['on behalf of a request of nobody', { request: { principal: { kind: 'anonymous' } } }, {}],
])('it calls %s', async (_, options, headers) => {
  const { server } = await serve({ fetch: echo });
  const client = createHttpClient({ url: server.url, token: 'own' });
  const { body, status } = await client.request('GET', '/services', options);
  expect({ status, body }).toEqual({ status: 200, body: headers });
});

test('the usual `as` is the client’s', async () => {
  const { server } = await serve({ fetch: echo });
  const client = createHttpClient({ url: server.url, as: { token: 'tool' } });
  const { body } = await client.request('GET', '/services');
  expect(body).toEqual({ authorization: 'Bearer tool' });
});

test('it takes the URL with the token as it is printed', async () => {
  const { server } = await serve({ fetch: echo });
  const client = createHttpClient({ url: `${server.url}/#${server.token}` });
  const { body } = await client.request('GET', '/services');
  expect(body).toEqual({ authorization: `Bearer ${server.token}` });
});

test('who came with a token cannot be spoken for: nothing is sent', async () => {
  const { server, reached } = await serve();
  const client = createHttpClient({ url: server.url, token: 'own' });
  const principal = {
    kind: 'token',
    id: '1',
    name: 'ci',
    user: 'ada',
    permissions: [],
    sudo: false,
  } as const;
  await expect(client.request('GET', '/x', { request: { principal } })).rejects.toMatchObject({
    code: 'DS_API_CALL_INVALID',
  });
  expect(reached).toEqual([]);
});

test.each([
  'nowhere',
  '127.0.0.1:4000',
  'ftp://127.0.0.1/',
  'http://127.0.0.1:4000/api/0',
  'http://127.0.0.1:4000/?token=secret',
  'http://ada:secret@127.0.0.1:4000',
])('%s is no server, and it is not repeated', (url) => {
  let message = '';
  try {
    createHttpClient({ url });
  } catch (thrown) {
    message = String(thrown);
  }
  expect(message).toContain('cannot be called');
  expect(message).not.toContain('secret');
});

test('a redirection is an answer, and not followed', async () => {
  const { server, reached } = await serve({
    fetch: () => new Response(null, { status: 302, headers: { location: '/elsewhere' } }),
  });
  const client = createHttpClient({ url: server.url, token: 'own' });
  const { status, headers } = await client.request('GET', '/services');
  expect({ status, to: headers.get('location') }).toEqual({ status: 302, to: '/elsewhere' });
  expect(reached).toEqual(['GET /api/0/services']);
});

test('what the guard refuses is an ApiError with its code', async () => {
  const { server } = await serve({ limits: { maxBodyBytes: 10 } });
  const client = createHttpClient({ url: server.url });
  const body = { text: 'longer than that' };
  await expect(client.request('POST', '/x', { body })).rejects.toMatchObject({
    code: 'DS_API_TOO_LARGE',
    status: 413,
    method: 'POST',
    path: '/api/0/x',
  });
});

test('nobody there', async () => {
  const { server } = await serve();
  await server.close();
  const client = createHttpClient({ url: server.url });
  await expect(client.request('GET', '/services')).rejects.toMatchObject({
    code: 'DS_API_UNREACHABLE',
    status: 0,
  });
});
