import { mkdirSync, writeFileSync } from 'node:fs';
import { request as send } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../core/clock.ts';
import { listen } from '../../../../plugins/control-api/server/listen.ts';
import { openTestApi } from '../../../rig/control-api.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { openFiles } from './open-files.ts';

const large = 'abc'.repeat(1_000_000);

/** A server that serves a folder, at a path and at the top, with a secret beside each. */
async function openSite() {
  const outside = createTempFolder();
  const folder = join(outside, 'site');
  mkdirSync(join(folder, 'api/0'), { recursive: true });
  const files = {
    '../secret.txt': 'secret',
    '.env': 'secret',
    'index.html': '<script src="app.js"></script>',
    'app.js': 'start();',
    'api/0/health': 'of the folder',
    'large.log': large,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const { api, audited } = await openTestApi({ isBare: true });
  api.addFiles({ path: '/ui', folder });
  api.addFiles({ path: '/', folder });
  const { url, port, close } = await listen({ app: api, clock: systemClock });
  onTestFinished(close);
  /** As it is written, which `fetch` would put right. */
  const ask = (path: string, method = 'GET') =>
    new Promise<{ status: number; text: string; type: string }>((resolve, reject) => {
      const headers = { host: new URL(url).host };
      const outgoing = send({ host: '127.0.0.1', port, path, method, headers }, (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            text,
            type: incoming.headers['content-type'] ?? '',
          }),
        );
      });
      outgoing.on('error', reject).end();
    });
  return { url, folder, ask, audited };
}

test('a folder is served to anybody, with headers of its own, and nothing of it in the journal', async () => {
  const { url, audited } = await openSite();
  const page = await fetch(`${url}/ui/`);
  expect(await page.text()).toContain('app.js');
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  });
  expect((await fetch(`${url}/ui`, { redirect: 'manual' })).headers.get('location')).toBe('/ui/');
  expect(await (await fetch(`${url}/app.js`)).text()).toBe('start();');
  const etag = page.headers.get('etag') ?? '';
  const again = await fetch(`${url}/ui/`, { headers: { 'if-none-match': etag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
  expect(audited()).toEqual([]);
});

test('a large file comes whole', async () => {
  const { url } = await openSite();
  expect(await (await fetch(`${url}/ui/large.log`)).text()).toBe(large);
});

test('whoever leaves halfway, or asks for the headers alone, leaves no file open', async () => {
  const { url, folder, ask } = await openSite();
  const head = await ask('/ui/large.log', 'HEAD');
  expect(head).toEqual({ status: 200, text: '', type: 'text/plain; charset=utf-8' });
  const leaving = new AbortController();
  const response = await fetch(`${url}/ui/large.log`, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await expect.poll(() => openFiles(folder), { timeout: 10_000 }).toEqual([]);
});

test.each([
  '/ui/../secret.txt',
  '/ui/%2e%2e/secret.txt',
  '/ui/..%2fsecret.txt',
  '/ui/..%5csecret.txt',
  '/ui/..\\secret.txt',
  '/ui//secret.txt',
  '/ui/./index.html',
  '/ui/app.js%00.html',
  '/ui/%c0%ae%c0%ae/secret.txt',
  '/ui/.env',
  '/.env',
  '/../secret.txt',
  '/ui/nothing.txt',
  '/ui/api',
])('%s is refused as a problem, without a byte of any file', async (path) => {
  const { ask } = await openSite();
  const { status, text, type } = await ask(path);
  expect([400, 404]).toContain(status);
  expect(type).toBe('application/problem+json');
  expect(text).not.toContain('secret"');
  expect(JSON.parse(text)).toMatchObject({
    status,
    code: expect.stringMatching(/^DS_API_/) as string,
  });
});

test('routes are never files, and files are only read', async () => {
  const { ask } = await openSite();
  expect(JSON.parse((await ask('/api/0/health')).text)).toEqual({ ok: true });
  expect((await ask('/api/0/nothing')).status).toBe(404);
  // Below a path of its own it is a file like any other.
  expect((await ask('/ui/api/0/health')).text).toBe('of the folder');
  for (const method of ['POST', 'PUT', 'DELETE']) {
    expect((await ask('/ui/app.js', method)).status).toBe(404);
  }
});

test.each(['/api/0', '/api/0/ui', '/../ui', '/ui/', 'ui', '/u i', '/%2e%2e'])(
  'files cannot be added at %s',
  async (path) => {
    const { api } = await openTestApi({ isBare: true });
    expect(() => api.addFiles({ path: path as '/ui', folder: '/nowhere' })).toThrow(
      expect.objectContaining({ code: 'DS_API_ROUTE_INVALID' }) as Error,
    );
  },
);
