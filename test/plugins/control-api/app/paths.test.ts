import { z } from 'devservices';
import { expect, test } from 'vitest';
import { defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi } from '../../../rig/control-api.ts';

const one = { tag: 'test', summary: 'Tells', access: 'anybody' } as const;
const answer = { kind: 'json', description: 'It', schema: z.unknown() } as const;

const routes = [
  defineRoute(
    { ...one, method: 'GET', path: '/a/{word}', answer, params: z.object({ word: z.string() }) },
    ({ params }) => params,
  ),
  defineRoute({ ...one, method: 'GET', path: '/a/fixed', answer }, () => 'fixed'),
  defineRoute({ ...one, method: 'DELETE', path: '/a/fixed', answer }, () => 'deleted'),
  defineRoute(
    { ...one, method: 'GET', path: '/a.b/{word}', answer, params: z.object({ word: z.string() }) },
    () => 'dot',
  ),
];

test('what is below /api/0 is told by segments, and everything else is unknown', async () => {
  const { fetch } = await openTestApi({ routes, isBare: true });
  const codeOf = async (path: string, init?: RequestInit) => {
    const response = await fetch(path, init);
    const { code = '' } = (await response.json()) as { code?: string };
    return `${response.status} ${code}`.trim();
  };
  expect(await codeOf('/api/0/health')).toBe('200');
  const unknown = '404 DS_API_ROUTE_UNKNOWN';
  for (const path of [
    '/',
    '/api',
    '/api/0',
    '/api/0/',
    '/api/00/health',
    '/api/0health',
    '/x/api/0/health',
    '/api/0/api/0/health',
    '/api/0/health/',
    '/api/0//health',
    '/api/0/a',
    '/api/0/a/',
    '/api/0/a/b/c',
    '/api/0/aXb/c',
    '/api/0/%68ealth',
    '/API/0/health',
    '/health',
  ]) {
    expect(await codeOf(path), path).toBe(unknown);
  }
});

test('another method of a path is refused with those that it has', async () => {
  const { fetch } = await openTestApi({ routes, isBare: true });
  for (const method of ['POST', 'PUT', 'PATCH', 'OPTIONS', 'HEAD']) {
    const response = await fetch('/api/0/a/fixed', { method });
    expect(response.status, method).toBe(405);
    const allowed = (response.headers.get('allow') ?? '').split(', ').toSorted();
    expect(allowed).toEqual(['DELETE', 'GET']);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test('a word that is written down comes before one in braces', async () => {
  const { api } = await openTestApi({ routes, isBare: true });
  const get = async (path: string) => (await api.client().request('GET', path)).body;
  expect(await get('/a/fixed')).toBe('fixed');
  expect(await get('/a/other')).toEqual({ word: 'other' });
  expect(await get('/a/%66ixed')).toEqual({ word: 'fixed' });
  expect(await get('/a/b%2Fc%20d')).toEqual({ word: 'b/c d' });
  expect(await get('/a/%E2%82%AC')).toEqual({ word: '€' });
  expect(await get('/a.b/x')).toBe('dot');
  await expect(get('/a/%E2%82')).rejects.toMatchObject({
    code: 'DS_API_INVALID',
    body: { problems: [{ path: 'path.word' }] },
  });
});

test('every answer says that it is neither kept nor shown nor framed', async () => {
  const { fetch } = await openTestApi({ routes, isBare: true });
  for (const path of ['/api/0/health', '/api/0/services', '/nothing', '/api/0/a/%zz']) {
    const { headers } = await fetch(path);
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});
