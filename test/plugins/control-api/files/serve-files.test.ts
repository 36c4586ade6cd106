import { linkSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFileServer } from '../../../../plugins/control-api/files/serve-files.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { openFiles } from './open-files.ts';

const origin = 'http://127.0.0.1:1234';

/** A folder with these files, and beside it a secret. */
function createSite(files: Readonly<Record<string, string>> = {}, path = '/ui') {
  const outside = createTempFolder();
  const folder = join(outside, 'site');
  mkdirSync(join(folder, 'parts'), { recursive: true });
  mkdirSync(join(folder, '.git'));
  const all = {
    '../secret.txt': 'secret',
    '../site-of-another/secret.txt': 'secret',
    '.env': 'secret',
    '.git/config': 'secret',
    'index.html': '<h1>Site</h1>',
    'parts/app.js': 'start();',
    ...files,
  };
  mkdirSync(join(outside, 'site-of-another'));
  for (const [name, text] of Object.entries(all)) writeFileSync(join(folder, name), text);
  const serve = createFileServer({ path, folder });
  return {
    folder,
    outside,
    get: (address: string, init?: RequestInit) => serve(new Request(`${origin}${address}`, init)),
    /** An address that no `Request` would leave as it is. */
    raw: (pathname: string) =>
      serve({
        method: 'GET',
        headers: new Headers(),
        url: { toString: () => `${origin}${pathname}` } as unknown as string,
      } as Request),
  };
}

const types = {
  'a.html': 'text/html; charset=utf-8',
  'a.css': 'text/css; charset=utf-8',
  'a.js': 'text/javascript; charset=utf-8',
  'a.mjs': 'text/javascript; charset=utf-8',
  'a.cjs': 'text/javascript; charset=utf-8',
  'a.js.map': 'application/json',
  'a.json': 'application/json',
  'a.webmanifest': 'application/manifest+json',
  'a.svg': 'image/svg+xml; charset=utf-8',
  'a.png': 'image/png',
  'a.ico': 'image/x-icon',
  'a.woff': 'font/woff',
  'a.woff2': 'font/woff2',
  'a.eot': 'application/vnd.ms-fontobject',
  'a.ttf': 'font/ttf',
  'a.ttc': 'font/collection',
  'a.otf': 'font/otf',
  'a.wasm': 'application/wasm',
  'a.txt': 'text/plain; charset=utf-8',
  'a.log': 'text/plain; charset=utf-8',
  'A.LOG': 'text/plain; charset=utf-8',
  'a.unheard-of': 'application/octet-stream',
  'no-ending': 'application/octet-stream',
  'a.constructor': 'application/octet-stream',
};

test.each(Object.entries(types))('%s is %s', async (name, type) => {
  const { get } = createSite({ [name]: 'ä' });
  const response = await get(`/ui/${name}`);
  expect(response?.status).toBe(200);
  expect(response?.headers.get('content-type')).toBe(type);
  expect(response?.headers.get('x-content-type-options')).toBe('nosniff');
  expect(response?.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(response?.headers.get('content-length')).toBe('2');
  expect(await response?.text()).toBe('ä');
});

test('the path itself is the page of the folder; without its slash it leads there', async () => {
  const { get } = createSite();
  const page = await get('/ui/?a=b');
  expect(page?.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page?.text()).toBe('<h1>Site</h1>');
  const short = await get('/ui');
  expect([short?.status, short?.headers.get('location')]).toEqual([308, '/ui/']);
  const top = createSite({}, '/');
  expect(await (await top.get('/'))?.text()).toBe('<h1>Site</h1>');
  expect(await (await top.get('/parts/app.js'))?.text()).toBe('start();');
});

test('names with spaces, percents and letters beyond ASCII are found as they are', async () => {
  const { get } = createSite({ 'größe 100%.txt': 'found', '%2e': 'a name', 'a..b.txt': 'dots' });
  expect(await (await get('/ui/gr%C3%B6%C3%9Fe%20100%25.txt'))?.text()).toBe('found');
  // Decoded once, and not twice.
  expect(await (await get('/ui/%252e'))?.text()).toBe('a name');
  expect(await (await get('/ui/a..b.txt'))?.text()).toBe('dots');
});

test.each([
  '/ui/nothing.txt',
  '/ui/parts',
  '/ui/parts/',
  '/ui/parts//app.js',
  '/ui//parts/app.js',
  '/ui/index.html/',
  '/uis/index.html',
  '/UI/index.html',
  '/x/ui/index.html',
  '/ui/.env',
  '/ui/%2eenv',
  '/ui/.git/config',
  '/ui/parts/../.env',
  '/ui/../secret.txt',
  '/ui/%2e%2e/secret.txt',
  '/ui/..%2fsecret.txt',
  '/ui/..%2Fsecret.txt',
  '/ui/..%5csecret.txt',
  '/ui/..\\secret.txt',
  '/ui/%252e%252e/secret.txt',
  '/ui/%c0%ae%c0%ae/secret.txt',
  '/ui/../site-of-another/secret.txt',
  '/ui/-of-another/secret.txt',
  '/ui/index.html%00.txt',
  '/ui/%00',
  '/ui/%',
  '/ui/%zz',
  '/ui/index.html::$DATA',
  `/ui/${'a'.repeat(5000)}`,
  `/ui/${'parts/'.repeat(2000)}app.js`,
])('%s is nothing', async (address) => {
  const { get, raw } = createSite();
  expect(await get(address)).toBeUndefined();
  expect(await raw(address)).toBeUndefined();
});

test('a link is followed within the folder, and nowhere else', async () => {
  const { folder, outside, get } = createSite();
  const links = {
    'good.js': 'parts/app.js',
    'out.txt': '../secret.txt',
    'absolute.txt': join(outside, 'secret.txt'),
    'dot.txt': '.env',
    up: '..',
    git: '.git',
    round: 'round',
    gone: 'nothing',
  };
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  expect(await (await get('/ui/good.js'))?.text()).toBe('start();');
  const others = ['out.txt', 'absolute.txt', 'dot.txt', 'up/secret.txt', 'git/config', 'round'];
  for (const name of [...others, 'gone', 'up/site/index.html/..']) {
    expect({ name, found: await get(`/ui/${name}`) }).toEqual({ name, found: undefined });
  }
});

test('a folder that is a link itself is served', async () => {
  const { outside } = createSite();
  symlinkSync('site', join(outside, 'current'));
  const serve = createFileServer({ path: '/ui', folder: join(outside, 'current') });
  expect(await (await serve(new Request(`${origin}/ui/`)))?.text()).toBe('<h1>Site</h1>');
});

test('what is no file is nothing, and nobody waits for it', async () => {
  const { folder, get } = createSite();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket.txt'), resolve));
  onTestFinished(() => void server.close());
  expect(await get('/ui/socket.txt')).toBeUndefined();
  rmSync(join(folder, 'index.html'));
  expect(await get('/ui/')).toBeUndefined();
});

test('a file that is known is not sent again, until it has changed', async () => {
  const { folder, get } = createSite();
  const etag = (await get('/ui/parts/app.js'))?.headers.get('etag') ?? '';
  expect(etag).toMatch(/^"[^"]+"$/);
  for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await get('/ui/parts/app.js', { headers: { 'if-none-match': header } });
    expect([again?.status, await again?.text()]).toEqual([304, '']);
    expect(again?.headers.get('etag')).toBe(etag);
  }
  utimesSync(join(folder, 'parts/app.js'), 5, 5);
  const changed = await get('/ui/parts/app.js', { headers: { 'if-none-match': etag } });
  expect([changed?.status, await changed?.text()]).toEqual([200, 'start();']);
  expect(changed?.headers.get('last-modified')).toBe('Thu, 01 Jan 1970 00:00:05 GMT');
});

test('HEAD says the same without the bytes; other methods find nothing', async () => {
  const { get } = createSite();
  const head = await get('/ui/parts/app.js', { method: 'HEAD' });
  expect([head?.status, head?.headers.get('content-length'), await head?.text()]).toEqual([
    200,
    '8',
    '',
  ]);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    expect(await get('/ui/parts/app.js', { method })).toBeUndefined();
  }
});

test('large and empty files come whole', async () => {
  const large = 'abc'.repeat(100_000);
  const { get } = createSite({ 'large.txt': large, 'empty.txt': '' });
  expect(await (await get('/ui/large.txt'))?.text()).toBe(large);
  const empty = await get('/ui/empty.txt');
  expect([empty?.status, empty?.headers.get('content-length'), await empty?.text()]).toEqual([
    200,
    '0',
    '',
  ]);
});

test('what was put in the place of a file between finding and reading it is not read', async () => {
  const { folder, outside, get } = createSite();
  const found = await get('/ui/parts/app.js');
  rmSync(join(folder, 'parts/app.js'));
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'parts/app.js'));
  await expect(found?.text()).rejects.toThrow(/ELOOP|ENOENT/);
  const second = await get('/ui/index.html');
  rmSync(join(folder, 'index.html'));
  linkSync(join(outside, 'secret.txt'), join(folder, 'index.html'));
  await expect(second?.text()).rejects.toThrow('is another file now');
});

test('a reader that leaves halfway leaves nothing open', async () => {
  const { folder, get } = createSite({ 'large.txt': 'abc'.repeat(100_000) });
  const reader = (await get('/ui/large.txt'))?.body?.getReader();
  expect((await reader?.read())?.value?.length).toBe(65_536);
  expect(openFiles(folder)).toHaveLength(1);
  await reader?.cancel();
  expect(openFiles(folder)).toEqual([]);
});
