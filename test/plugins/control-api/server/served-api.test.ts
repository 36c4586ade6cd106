import { expect, onTestFinished, test } from 'vitest';
import type { ApiServer } from '../../../../plugins/control-api/server/serving.ts';
import { createHttpClient } from '../../../../plugins/control-api/client/index.ts';
import { openTestApi, type TestApi } from '../../../rig/control-api.ts';

async function serveTestApi(): Promise<TestApi & { server: ApiServer }> {
  const made = await openTestApi({ isBare: true });
  const server = await made.api.listen();
  onTestFinished(() => server.close());
  return { ...made, server };
}

const form = 'application/x-www-form-urlencoded';

test.each<readonly [what: string, path: string, init: RequestInit, status: number, code: string]>([
  ['events for nobody', '/api/0/events', {}, 401, 'DS_API_PRINCIPAL_NEEDED'],
  ['logs for nobody', '/api/0/logs?follow=true', {}, 401, 'DS_API_PRINCIPAL_NEEDED'],
  ['a wrong token', '/api/0/services', bearer('x'.repeat(43)), 401, 'DS_API_TOKEN_REFUSED'],
  [
    'somebody who says whom they are',
    '/api/0/services',
    { headers: { 'devservices-as': 'owner' } },
    403,
    'DS_API_ACTING_REFUSED',
  ],
  [
    'a write of nobody',
    '/api/0/services/web/stop',
    { method: 'POST' },
    401,
    'DS_API_PRINCIPAL_NEEDED',
  ],
  ['the API within a path', '/x/api/0/services', {}, 404, 'DS_API_ROUTE_UNKNOWN'],
  ['the API within the API', '/api/0/api/0/services', {}, 404, 'DS_API_ROUTE_UNKNOWN'],
  ['what only begins like the API', '/api/00/services', {}, 404, 'DS_API_ROUTE_UNKNOWN'],
  ['another method', '/api/0/services', { method: 'DELETE' }, 405, 'DS_API_METHOD_REFUSED'],
])('%s: refused, and the next good call is answered', async (_, path, init, status, code) => {
  const { server } = await serveTestApi();
  const response = await fetch(`${server.url}${path}`, init);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code, status });
  const { body } = await createHttpClient(server).get('/services');
  expect(body).toMatchObject({ services: [] });
});

test("a form's body is not taken, whoever sends it", async () => {
  const { server, audited, warnings } = await serveTestApi();
  const response = await fetch(`${server.url}/api/0/services/web/start`, {
    method: 'POST',
    body: 'noDeps=true',
    headers: { 'content-type': form, authorization: `Bearer ${server.token}` },
  });
  expect([response.status, await response.json()]).toMatchObject([
    415,
    { code: 'DS_API_NOT_JSON' },
  ]);
  expect(audited()).toMatchObject([{ status: 415, path: '/api/0/services/web/start' }]);
  expect(warnings()).toEqual([expect.stringContaining('DS_API_NOT_JSON')]);
});

test('what the guard refuses is told like all else', async () => {
  const { server, audited, warnings } = await serveTestApi();
  const response = await fetch(`${server.url}/api/0/services?token=${server.token}`);
  expect(response.status).toBe(400);
  expect(audited()).toMatchObject([
    { status: 400, by: 'anonymous', path: '/api/0/services', code: 'DS_API_TOKEN_IN_URL' },
  ]);
  expect(warnings()).toEqual([expect.stringContaining('DS_API_TOKEN_IN_URL')]);
  expect(warnings().join()).not.toContain(server.token);
});

test('an API has one server at a time', async () => {
  const { api, server } = await serveTestApi();
  await expect(api.listen()).rejects.toMatchObject({
    code: 'DS_API_SERVED_ALREADY',
    facts: { url: server.url, pid: process.pid },
  });
  await server.close();
  const next = await api.listen();
  expect(next.token).not.toBe(server.token);
  await next.close();
});

test('when the API ends, its server does', async () => {
  const { api, server } = await serveTestApi();
  api.close();
  await server.closed;
  await expect(fetch(server.url)).rejects.toThrow('fetch failed');
});

function bearer(token: string): RequestInit {
  return { headers: { authorization: `Bearer ${token}` } };
}
