import { expect, test } from 'vitest';
import { openTestApi } from '../../../rig/control-api.ts';
import { recordCalls } from './record-calls.ts';

test('2xx and 3xx come back, everything else is an ApiError', async () => {
  const answer = async (response: Response) =>
    recordCalls(() => response).client.request('POST', '/things/{id}?a=b', {
      params: { id: 'x y' },
    });
  expect(await answer(Response.json({ a: 1 }, { status: 201 }))).toMatchObject({
    status: 201,
    body: { a: 1 },
  });
  expect(await answer(new Response(null, { status: 204 }))).toMatchObject({ body: undefined });
  expect(await answer(new Response('x'))).toMatchObject({ body: 'x' });
  const moved = await answer(new Response(null, { status: 302, headers: { location: '/y' } }));
  expect(moved).toMatchObject({ status: 302 });
  expect(moved.headers.get('location')).toBe('/y');
  const where = { method: 'POST', path: '/api/0/things/x%20y', name: 'DevServicesError' };
  const problem = { code: 'DS_THING_UNKNOWN', detail: 'No.', hint: 'Go.', status: 404 };
  const type = { 'content-type': 'application/problem+json' };
  await expect(
    answer(Response.json(problem, { status: 404, headers: type })),
  ).rejects.toMatchObject({
    ...where,
    status: 404,
    code: 'DS_THING_UNKNOWN',
    blame: 'user',
    message: 'No.',
    hint: 'Go.',
    body: problem,
  });
  for (const [response, body] of [
    [new Response('<html>', { status: 502 }), '<html>'],
    [Response.json({ code: 7 }, { status: 502 }), { code: 7 }],
    [Response.json({ code: 'EVIL\n' }, { status: 502 }), { code: 'EVIL\n' }],
    [Response.json(null, { status: 502 }), null],
    [new Response('{', { status: 502, headers: type }), '{'],
  ] as const) {
    await expect(answer(response)).rejects.toMatchObject({
      ...where,
      status: 502,
      code: 'DS_API_STATUS',
      body,
    });
  }
  const broken = new Response('{', { headers: { 'content-type': 'application/json' } });
  await expect(answer(broken)).rejects.toMatchObject({
    ...where,
    status: 200,
    code: 'DS_API_ANSWER_UNREADABLE',
  });
});

test('where nothing answers, it says why', async () => {
  const { client } = recordCalls(() => {
    throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
  });
  const failed = client.request('GET', '/x');
  await expect(failed).rejects.toMatchObject({
    status: 0,
    code: 'DS_API_UNREACHABLE',
    blame: 'environment',
  });
  await expect(failed).rejects.toThrow('connect ECONNREFUSED');
});

test('an unknown route is an ApiError like any other', async () => {
  const { api } = await openTestApi({ isBare: true });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    await expect(api.client({ as: 'owner' }).request(method, '/no/such')).rejects.toMatchObject({
      method,
      path: '/api/0/no/such',
      status: 404,
      code: 'DS_API_ROUTE_UNKNOWN',
      body: { status: 404, type: 'urn:devservices:error:DS_API_ROUTE_UNKNOWN' },
    });
  }
});
