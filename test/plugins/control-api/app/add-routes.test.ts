import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definePlugin, z } from 'devservices';
import { createTestHost } from 'devservices/testing';
import { expect, onTestFinished, test } from 'vitest';
import { controlApi } from '../../../../plugins/control-api/index.ts';
import type { Route } from '../../../../plugins/control-api/route.ts';
import { openTestApi } from '../../../rig/control-api.ts';

const params = z.object({ id: z.string() });

const good: Route = {
  method: 'GET',
  path: '/mails/{id}',
  tag: 'mail',
  summary: 'One mail',
  access: 'known',
  params,
  answer: { kind: 'nothing', description: 'Nothing' },
  handle: () => {},
};
const plain: Route = { ...good, path: '/mails', params: undefined as never };

test('what cannot be a route is refused, and says what is wrong with it', async () => {
  const { api } = await openTestApi({ isBare: true });
  const before = api.routes.length;
  const rows: [Partial<Route>, string][] = [
    [{ path: 'mails' as never }, 'the path is not one of'],
    [{ path: '/' }, 'the path is not one of'],
    [{ path: '/mails/' }, 'the path is not one of'],
    [{ path: '/a//b' }, 'the path is not one of'],
    [{ path: '/a/../b' }, 'the path is not one of'],
    [{ path: '/mails/{i d}' }, 'the path is not one of'],
    [{ path: '/mails/{id}.json' }, 'the path is not one of'],
    [{ path: '/mails/:id' }, 'the path is not one of'],
    [{ path: '/mails/*' }, 'the path is not one of'],
    [{ path: '/a?b' }, 'the path is not one of'],
    [{ path: '/api/0/mails' }, 'below /api/0 already'],
    [{ path: '/{id}/{id}', params }, '{id} stands there twice'],
    [{ path: '/mails/{id}' }, '`params` says nothing of "id"'],
    [{ params }, '`params` has "id"'],
    [{ params: z.string() }, '`params` is not'],
    [{ query: z.array(z.string()) }, '`query` is not'],
    [{ path: '/mails/{id}', params, query: z.object({ id: z.string() }) }, '"id" is a word of'],
    [{ body: z.string() }, 'a GET has no body'],
    [
      { method: 'POST', answer: { kind: 'stream', description: '', schema: z.string() } },
      'only a GET',
    ],
    [{ method: 'HEAD' as never }, 'the method'],
    [{ access: undefined as never }, '`access`'],
    [{ access: { permission: '' } }, '`access`'],
    [{ handle: undefined as never }, 'nothing handles it'],
  ];
  for (const [change, problem] of rows) {
    const add = () => api.add({ ...plain, ...change });
    expect(add, problem).toThrow(problem);
    expect(add).toThrow(expect.objectContaining({ code: 'DS_API_ROUTE_INVALID', blame: 'plugin' }));
  }
  expect(api.routes).toHaveLength(before);
  const words = z.object({ limit: z.coerce.number() }).partial().default({});
  api.add(
    good,
    plain,
    { ...plain, method: 'POST' },
    { ...plain, path: '/mails/new', query: words },
  );
  expect(api.routes).toHaveLength(before + 4);
});

test('two routes that answer the same calls clash, whatever their words are called', async () => {
  const { api } = await openTestApi({ isBare: true });
  api.add(good);
  const mail = { path: '/mails/{mail}', params: z.object({ mail: z.string() }) } as const;
  for (const other of [good, { ...good, ...mail }]) {
    expect(() => api.add(other)).toThrow(
      expect.objectContaining({ code: 'DS_API_ROUTE_CLASH', blame: 'plugin' }),
    );
  }
  expect(() => api.add({ ...plain, path: '/services' })).toThrow('GET /services');
});

test('a route that is added later answers as well, and stands in the document', async () => {
  const { api } = await openTestApi({ isBare: true });
  const client = api.client({ as: 'owner' });
  await expect(client.request('GET', '/mails')).rejects.toMatchObject({ status: 404 });
  api.add(plain);
  expect((await client.request('GET', '/mails')).status).toBe(204);
  expect(api.describe()['paths']).toHaveProperty('/mails');
});

test('plugins whose routes clash are named when the API is asked for', async () => {
  const plugin = (name: string) =>
    definePlugin({ name, setup: ({ extend }) => extend('api', (api) => api.add(plain)) });
  const made = createTestHost({
    config: { plugins: [controlApi(), plugin('mailpit')(), plugin('mailhog')()] },
  });
  onTestFinished(() => made.close());
  await made.host.configure();
  const asked = made.host.use('api');
  await expect(asked).rejects.toMatchObject({ code: 'DS_PLUGIN_THREW', blame: 'plugin' });
  await expect(asked).rejects.toThrow(/mailhog|mailpit/);
  await expect(asked).rejects.toThrow('GET /mails');
});

test('files of a folder are beside the routes, for anybody, and never below them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'devservices-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'index.html'), '<p>Hello');
  writeFileSync(join(folder, 'app.js'), 'go()');
  const { api, fetch, audited } = await openTestApi({ isBare: true });
  api.addFiles({ path: '/', folder });
  const page = await fetch('/');
  expect(await page.text()).toBe('<p>Hello');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await (await fetch('/app.js')).text()).toBe('go()');
  expect((await fetch('/app.js', { method: 'POST' })).status).toBe(404);
  expect((await fetch('/api/0/app.js')).status).toBe(404);
  expect(audited().map(({ method }) => method)).toEqual(['POST']);
  for (const path of ['/api/0', '/api/0/page', '/a/../b', 'page', '/a b'] as const) {
    expect(() => api.addFiles({ path: path as '/', folder })).toThrow(
      expect.objectContaining({ code: 'DS_API_ROUTE_INVALID' }),
    );
  }
  expect(() => api.addFiles({ path: '/', folder })).toThrow(
    expect.objectContaining({ code: 'DS_API_ROUTE_CLASH' }),
  );
});
