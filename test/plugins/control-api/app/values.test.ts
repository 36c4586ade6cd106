import { z } from 'devservices';
import { expect, test } from 'vitest';
import type { ApiError } from '../../../../plugins/control-api/client/api-error.ts';
import type { Problem } from '../../../../plugins/control-api/app/problem.ts';
import { type ApiRequest, defineRoute } from '../../../../plugins/control-api/route.ts';
import { openTestApi, ownerToken, type TestApi } from '../../../rig/control-api.ts';

const answer = { kind: 'json', description: 'What came', schema: z.unknown() } as const;
const one = { tag: 'test', summary: 'Tells what came', access: 'known', answer } as const;
const tell = ({ params, query, body }: ApiRequest) => ({ params, query, body });

const routes = [
  defineRoute(
    {
      ...one,
      method: 'GET',
      path: '/things/{id}',
      params: z.object({ id: z.coerce.number().int() }),
      query: z.object({
        limit: z.coerce.number().int().max(10).default(5),
        name: z.array(z.string()).optional(),
        since: z.union([z.coerce.number(), z.literal('ever')]).optional(),
      }),
    },
    tell,
  ),
  defineRoute({ ...one, method: 'DELETE', path: '/things' }, tell),
  defineRoute(
    { ...one, method: 'POST', path: '/things', body: z.object({ a: z.int() }).optional() },
    tell,
  ),
  defineRoute(
    {
      ...one,
      method: 'PUT',
      path: '/things',
      body: z.strictObject({ a: z.int(), b: z.object({ c: z.array(z.string()) }) }),
    },
    tell,
  ),
];

const open = () => openTestApi({ routes, isBare: true });

async function send(
  { fetch }: TestApi,
  path: string,
  {
    headers = {},
    ...init
  }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Problem }> {
  const response = await fetch(`/api/0${path}`, {
    ...init,
    headers: { authorization: `Bearer ${ownerToken}`, ...headers },
  });
  return { status: response.status, body: (await response.json()) as Problem };
}

const pathsOf = ({ body }: { body: Problem }) => body.problems?.map(({ path }) => path);
const json = { 'content-type': 'application/json' };

test('values come as the schemas make them, and lists from words that stand there once or often', async () => {
  const rig = await open();
  const values = async (path: string) => (await send(rig, path)).body;
  expect(await values('/things/7')).toEqual({ params: { id: 7 }, query: { limit: 5 } });
  expect(await values('/things/7?limit=3&name=x&since=ever')).toEqual({
    params: { id: 7 },
    query: { limit: 3, name: ['x'], since: 'ever' },
  });
  expect(await values('/things/7?name=x&name=&name=y%26z')).toMatchObject({
    query: { name: ['x', '', 'y&z'] },
  });
});

test('every problem is told at once, by where it stands', async () => {
  const rig = await open();
  const refused = await send(rig, '/things/x?limit=11&nmae=x&__proto__=1&limit2=2&since=x');
  expect(refused).toMatchObject({ status: 400, body: { code: 'DS_API_INVALID' } });
  expect(pathsOf(refused)?.toSorted()).toEqual([
    'path.id',
    'query.__proto__',
    'query.limit',
    'query.limit2',
    'query.nmae',
    'query.since',
  ]);
  expect(refused.body.problems?.find(({ path }) => path === 'query.nmae')?.expected).toContain(
    'Did you mean "name"?',
  );
  expect(refused.body.problems?.find(({ path }) => path === 'query.since')?.expected).toMatch(
    /, or /,
  );
  expect(pathsOf(await send(rig, '/things/1?limit=1&limit=2'))).toEqual(['query.limit']);
  const body = JSON.stringify({ a: 'x', b: { c: ['y', 1] }, d: 2, e: 3 });
  const wrong = await send(rig, '/things?x=1', { method: 'PUT', body, headers: json });
  expect(pathsOf(wrong)?.toSorted()).toEqual([
    'body.a',
    'body.b.c.1',
    'body.d',
    'body.e',
    'query.x',
  ]);
});

test('of very many problems some are told, and none is longer than its name', async () => {
  const rig = await open();
  const many = Object.fromEntries(
    Array.from({ length: 1000 }, (_, i) => [`${'x'.repeat(200)}${i}`, i]),
  );
  const refused = await send(rig, '/things', {
    method: 'PUT',
    body: JSON.stringify(many),
    headers: json,
  });
  expect(pathsOf(refused)).toHaveLength(50);
  expect(JSON.stringify(refused.body).length).toBeLessThan(30_000);
});

test('a body is JSON that says so, in UTF-8, where there is to be one', async () => {
  const rig = await open();
  const put = (
    body: NonNullable<RequestInit['body']> | null,
    headers: Record<string, string> = {},
  ) => send(rig, '/things', { method: 'PUT', body, headers });
  const good = JSON.stringify({ a: 1, b: { c: ['ü'] } });
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON;charset="UTF-8"',
  ]) {
    expect(await put(good, { 'content-type': type }), type).toMatchObject({
      status: 200,
      body: { body: { a: 1, b: { c: ['ü'] } } },
    });
  }
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/jsonp',
  ]) {
    expect(await put(good, { 'content-type': type }), type).toMatchObject({
      status: 415,
      body: { code: 'DS_API_NOT_JSON' },
    });
  }
  expect(await put(Buffer.from(good))).toMatchObject({ status: 415 });
  for (const broken of ['{', 'nope', '{"a":1}}', Buffer.from([0x22, 0xff, 0x22])]) {
    const refused = await put(broken, json);
    expect(refused).toMatchObject({ status: 400, body: { code: 'DS_API_INVALID' } });
    expect(refused.body.problems).toContainEqual({
      path: 'body',
      expected: 'expected JSON, in UTF-8',
    });
    expect(JSON.stringify(refused.body)).not.toContain('nope');
  }
  expect(pathsOf(await put(null))).toEqual(['body']);
  expect(await send(rig, '/things', { method: 'POST' })).toMatchObject({ status: 200 });
  expect(
    pathsOf(await send(rig, '/things', { method: 'DELETE', body: '{}', headers: json })),
  ).toEqual(['body']);
});

test('who may not ask is told nothing of what is wrong with the values', async () => {
  const { fetch } = await open();
  const response = await fetch('/api/0/things/x?y=1');
  expect(response.status).toBe(401);
  expect(await response.text()).not.toContain('query');
});

test('a body that breaks off is refused, and nothing was done', async () => {
  const rig = await open();
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error('gone')),
  });
  const init = { method: 'PUT', body, headers: json, duplex: 'half' } as const;
  expect(await send(rig, '/things', init)).toMatchObject({
    status: 400,
    body: { code: 'DS_API_BODY_CUT' },
  });
});

test('what comes back went through JSON, as over HTTP', async () => {
  const given = {
    date: new Date(0),
    none: undefined,
    list: [undefined, Number.NaN],
    nested: { a: 1 },
  };
  const rig = await openTestApi({
    isBare: true,
    routes: [defineRoute({ ...one, method: 'GET', path: '/given' }, () => given)],
  });
  const { body, status } = await rig.api.client({ as: 'owner' }).request('GET', '/given');
  expect(status).toBe(200);
  expect(body).toEqual({ date: '1970-01-01T00:00:00.000Z', list: [null, null], nested: { a: 1 } });
  expect(body).not.toHaveProperty('none');
  (body as typeof given).nested.a = 2;
  expect(given.nested.a).toBe(1);
});

test('an answer has what its route describes, and nothing besides', async () => {
  const schema = z.object({ shown: z.string() });
  const meta = { ...one, answer: { ...answer, schema } } as const;
  const rig = await openTestApi({
    isBare: true,
    routes: [
      defineRoute({ ...meta, method: 'GET', path: '/more' }, () => {
        const more = { shown: 'x', secret: 'y' };
        return more;
      }),
      defineRoute({ ...meta, method: 'GET', path: '/other' }, () => ({ shown: 1 }) as never),
      defineRoute({ ...one, method: 'GET', path: '/ring' }, () => {
        const ring: Record<string, unknown> = {};
        return Object.assign(ring, { ring });
      }),
    ],
  });
  const client = rig.api.client({ as: 'owner' });
  expect((await client.request('GET', '/more')).body).toEqual({ shown: 'x' });
  for (const path of ['/other', '/ring']) {
    const broken = await client.request('GET', path).catch((thrown: ApiError) => thrown);
    expect(broken).toMatchObject({ status: 500, code: 'DS_API_BROKE' });
  }
});
