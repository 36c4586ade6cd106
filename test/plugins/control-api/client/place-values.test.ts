import { expect, test } from 'vitest';
import type { RawCallOptions } from '../../../../plugins/control-api/client.ts';
import { invalid, recordCalls } from './record-calls.ts';

async function targetOf(path: string, params?: RawCallOptions['params']): Promise<unknown> {
  const { client, sent } = recordCalls();
  const code = await client.request('GET', path, { params }).then(
    () => undefined,
    (thrown: { code: string }) => thrown.code,
  );
  expect(sent).toHaveLength(code === undefined ? 1 : 0);
  return code ?? sent[0]?.target;
}

test('a path gets its prefix unless it has it, by its segments', async () => {
  expect(await targetOf('/services')).toBe('/api/0/services');
  expect(await targetOf('/api/0/services')).toBe('/api/0/services');
  expect(await targetOf('/api/0')).toBe('/api/0');
  expect(await targetOf('/api/00/services')).toBe('/api/0/api/00/services');
  expect(await targetOf('/api/0services')).toBe('/api/0/api/0services');
  expect(await targetOf('/x/api/0/services')).toBe('/api/0/x/api/0/services');
  expect(await targetOf('/services?a=/api/0/')).toBe('/api/0/services?a=/api/0/');
  expect(await targetOf('//elsewhere.test/x')).toBe('/api/0//elsewhere.test/x');
});

test('a path that would lead elsewhere is not sent', async () => {
  for (const path of [
    'services',
    '',
    'http://elsewhere.test/api/0/services',
    '/../x',
    '/services/../../x',
    '/services/./x',
    '/services/%2e%2E/x',
    '/services/.%2e',
    '/services\\..\\x',
    '/services#x',
    '/ser vices',
    '/services\n',
  ]) {
    expect(await targetOf(path), path).toBe(invalid);
  }
});

test('words of a path are filled in, and nothing that a path cannot have', async () => {
  const path = '/services/{name}/{other}';
  expect(await targetOf(path, { name: 'a b/ü?#&', other: 7 })).toBe(
    '/api/0/services/a%20b%2F%C3%BC%3F%23%26/7',
  );
  expect(await targetOf(path, { name: '{other}', other: '..a' })).toBe(
    '/api/0/services/%7Bother%7D/..a',
  );
  for (const [index, name] of [
    '',
    '.',
    '..',
    undefined,
    null,
    {},
    ['a'],
    () => 'a',
    '\uD800',
    new Date(Number.NaN),
  ].entries()) {
    expect(await targetOf(path, { name, other: 'b' }), String(index)).toBe(invalid);
  }
  expect(await targetOf(path)).toBe(invalid);
});

test('everything else of `params` goes into the query, lists word by word', async () => {
  const when = new Date(0);
  expect(
    await targetOf('/logs', { service: ['a', 'b&c'], tail: 10, follow: false, since: when }),
  ).toBe(
    '/api/0/logs?service=a&service=b%26c&tail=10&follow=false&since=1970-01-01T00%3A00%3A00.000Z',
  );
  expect(await targetOf('/logs', { none: undefined, list: [undefined, 'a'], empty: [] })).toBe(
    '/api/0/logs?list=a',
  );
  expect(await targetOf('/logs?a=1', { b: '' })).toBe('/api/0/logs?a=1&b=');
  expect(await targetOf('/logs', { a: {} })).toBe(invalid);
  expect(await targetOf('/logs', { a: null })).toBe(invalid);
});

test('a body is sent as JSON that says so', async () => {
  const { client, sent } = recordCalls();
  await client.request('POST', '/x', { body: { a: 'ü' } });
  await client.request('POST', '/x', { body: null });
  await client.request('POST', '/x');
  expect(sent.map(({ body, headers }) => [body, headers['content-type']])).toEqual([
    ['{"a":"ü"}', 'application/json'],
    ['null', 'application/json'],
    [undefined, undefined],
  ]);
  const ring: unknown[] = [];
  ring.push(ring);
  for (const body of [ring, 7n, () => {}, Symbol('x')]) {
    await expect(client.request('POST', '/x', { body })).rejects.toMatchObject({ code: invalid });
  }
  await expect(client.request('GET', '/x', { body: {} })).rejects.toMatchObject({ code: invalid });
  expect(sent).toHaveLength(3);
});

test('every verb sends its method, and who it is with what was said, absent or not', async () => {
  const { client, sent } = recordCalls(undefined, { as: { user: 'ada' } });
  const any = client as unknown as Record<
    string,
    (path: string, options?: object) => Promise<unknown>
  >;
  for (const verb of ['get', 'post', 'put', 'patch', 'delete']) await any[verb]?.('/x');
  expect(sent.map(({ method }) => method)).toEqual(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
  sent.length = 0;
  await client.request('GET', '/x', { superuser: true, sudo: false });
  await client.request('GET', '/x', { as: 'owner' });
  expect(sent.map(({ acting }) => acting)).toEqual([
    { as: { user: 'ada' }, principal: undefined, superuser: true, sudo: false },
    { as: 'owner', principal: undefined, superuser: undefined, sudo: undefined },
  ]);
});

test('a request and `as` exclude one another, wherever `as` was said, and nothing is sent', async () => {
  const request = { principal: { kind: 'owner' } } as const;
  const { client, sent } = recordCalls();
  const two = { code: 'DS_API_TWO_PRINCIPALS' };
  await expect(client.request('GET', '/x', { request, as: 'owner' })).rejects.toMatchObject(two);
  await expect(client.request('GET', '/x', { request, as: 'anonymous' })).rejects.toMatchObject(
    two,
  );
  const named = recordCalls(undefined, { as: 'owner' });
  await expect(named.client.request('GET', '/x', { request })).rejects.toMatchObject(two);
  expect([...sent, ...named.sent]).toEqual([]);
  await client.request('GET', '/x', { request });
  expect(sent[0]?.acting).toMatchObject({ as: undefined, principal: { kind: 'owner' } });
});

test('who asks, and how, is said in so many words, or nothing is sent', async () => {
  const { client, sent } = recordCalls();
  for (const options of [
    { superuser: 'false' },
    { superuser: 1 },
    { superuser: null },
    { sudo: 'true' },
    { as: 'root' },
    { as: '' },
    { as: {} },
    { as: { user: undefined } },
    { as: { token: 7 } },
    { as: 0 },
  ]) {
    const call = client.request('GET', '/x', options as RawCallOptions);
    await expect(call, JSON.stringify(options)).rejects.toMatchObject({ code: invalid });
  }
  expect(sent).toEqual([]);
});
