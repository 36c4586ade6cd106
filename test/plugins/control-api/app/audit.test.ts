import { createFakeClock } from 'devservices/testing';
import { expect, test } from 'vitest';
import { defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi, ownerToken } from '../../../rig/control-api.ts';

const meta = {
  tag: 'test',
  summary: 'Does',
  answer: { kind: 'nothing', description: 'Nothing' },
} as const;

const routes = [
  defineRoute({ ...meta, method: 'GET', path: '/read', access: 'known' }, () => {}),
  defineRoute({ ...meta, method: 'POST', path: '/write', access: 'known' }, () => {}),
  defineRoute({ ...meta, method: 'POST', path: '/broken', access: 'known' }, () => {
    throw new Error('broken');
  }),
];

const authorization = `Bearer ${ownerToken}`;

test('what changes something stands in the journal, and so does who was refused', async () => {
  const { fetch, audited, warnings } = await openTestApi({ routes, isBare: true });
  const headers = { authorization };
  await fetch('/api/0/read', { headers });
  await fetch('/api/0/nothing', { headers });
  await fetch('/api/0/read?x=1', { headers });
  expect(audited()).toEqual([]);
  await fetch('/api/0/write', { method: 'POST', headers });
  await fetch('/api/0/write?x=1', { method: 'POST', headers });
  await fetch('/api/0/broken', { method: 'POST', headers });
  await fetch('/api/0/write', { method: 'POST' });
  await fetch('/api/0/read');
  await fetch('/api/0/read', { headers: { authorization: 'Bearer nonsense' } });
  const by = expect.stringMatching(/^os:./);
  const path = '/api/0/write';
  expect(audited()).toMatchObject([
    { method: 'POST', path, status: 204, by, elapsedMs: expect.any(Number) },
    { method: 'POST', path, status: 400, by, code: 'DS_API_INVALID' },
    { method: 'POST', path: '/api/0/broken', status: 500, by, code: 'DS_API_BROKE' },
    { method: 'POST', path, status: 401, by: 'anonymous', code: 'DS_API_PRINCIPAL_NEEDED' },
    { method: 'GET', path: '/api/0/read', status: 401, code: 'DS_API_PRINCIPAL_NEEDED' },
    { method: 'GET', path: '/api/0/read', status: 401, code: 'DS_API_TOKEN_REFUSED' },
  ]);
  expect(audited()[0]).not.toHaveProperty('code');
  expect(warnings().filter((line) => line.startsWith('Refused: '))).toEqual([
    'Refused: POST /api/0/write by anonymous (401, DS_API_PRINCIPAL_NEEDED)',
    'Refused: GET /api/0/read by anonymous (401, DS_API_PRINCIPAL_NEEDED)',
    'Refused: GET /api/0/read by anonymous (401, DS_API_TOKEN_REFUSED)',
  ]);
});

test('calls of this process are written down as those that came over HTTP', async () => {
  const { api, audited, addToken, addUser, fetch } = await openTestApi({ routes });
  await addUser('ada', { superuser: true, permissions: ['services.write'] });
  await api.client({ as: { user: 'ada' } }).request('POST', '/write');
  await expect(api.client().request('POST', '/write')).rejects.toMatchObject({ status: 401 });
  const token = await addToken({ name: 'ci', user: 'ada' });
  const headers = { authorization: `Bearer ${token}`, 'devservices-as': 'owner' };
  await fetch('/api/0/read', { headers });
  expect(audited()).toMatchObject([
    { by: 'user:ada', status: 204 },
    { by: 'anonymous', status: 401 },
    { by: 'token:ci', status: 403, code: 'DS_API_ACTING_REFUSED' },
  ]);
});

test('who is behind a call within a call is told with it', async () => {
  const { api, audited } = await openTestApi({
    isBare: true,
    routes: [
      ...routes,
      defineRoute(
        { ...meta, method: 'GET', path: '/outer', access: 'anybody' },
        async ({ client }) => {
          await client.request('POST', '/write', { as: 'owner' }).catch(() => {});
          await client.request('POST', '/write').catch(() => {});
        },
      ),
    ],
  });
  await api.client().request('GET', '/outer');
  expect(audited()).toMatchObject([
    {
      status: 403,
      by: expect.stringMatching(/^os:.+ within anonymous$/),
      code: 'DS_API_ESCALATION',
    },
    { status: 401, by: 'anonymous', code: 'DS_API_PRINCIPAL_NEEDED' },
  ]);
});

test('a line has neither a token nor a query nor what would break it, and an end', async () => {
  const { fetch, audited, api } = await openTestApi({ routes, isBare: true });
  const token = `dst_${'A'.repeat(43)}`;
  await fetch(`/api/0/${token}/${'x'.repeat(500)}?token=secret`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
  api.audit({
    method: 'G\nET',
    path: '/a\r\nb\u001B[31m\u202E',
    status: 400,
    by: 'anonymous',
    elapsedMs: 0.4,
    code: 'DS_API_PATH_REFUSED',
  });
  const [first, second] = audited();
  expect(first?.path).toHaveLength(200);
  expect(JSON.stringify(first)).not.toContain(token);
  expect(JSON.stringify(first)).not.toContain('secret');
  expect(second).toMatchObject({ method: 'GET', path: '/ab[31m', elapsedMs: 0 });
});

test('of refusals, twenty a second are told, and of the others how many they were', async () => {
  const clock = createFakeClock();
  const { fetch, audited, warnings } = await openTestApi({ routes, isBare: true, clock });
  const more = () => warnings().filter((line) => line.includes('more calls'));
  const flood = async (count: number, path: string) => {
    for (let i = 0; i < count; i++) await fetch(path, { method: 'POST' });
  };
  await flood(50, '/api/0/write');
  // Of what is nowhere, too: anybody may ask for that.
  await flood(50, '/api/0/nowhere');
  expect(audited()).toHaveLength(20);
  expect(warnings()).toHaveLength(20);
  expect(more()).toEqual([]);
  await clock.advance(1000);
  expect(more()).toEqual(['80 more calls of the API were refused within a second.']);
  await clock.advance(60_000);
  expect(more()).toHaveLength(1);
  await flood(21, '/api/0/write');
  expect(audited()).toHaveLength(40);
  // What went well is told meanwhile.
  await fetch('/api/0/write', { method: 'POST', headers: { authorization } });
  expect(audited().at(-1)).toMatchObject({ status: 204 });
});

test('what was left out is told when the API closes', async () => {
  const clock = createFakeClock();
  const { fetch, api, warnings } = await openTestApi({ routes, isBare: true, clock });
  for (let i = 0; i < 23; i++) await fetch('/api/0/read');
  api.close();
  expect(warnings().at(-1)).toBe('3 more calls of the API were refused within a second.');
});
