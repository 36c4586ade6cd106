import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serve, statusOf } from './served.ts';

const codeOf = (options: Parameters<typeof serve>[0]): Promise<unknown> =>
  serve(options).then(
    ({ server }) => server.url,
    (thrown: { code?: string }) => thrown.code,
  );

test('it listens on 127.0.0.1, on a port of its own, with a token of its own', async () => {
  const [one, other] = [await serve(), await serve()];
  expect(one.server.url).toBe(`http://127.0.0.1:${one.server.port}`);
  expect(one.server.token).toMatch(/^[\w-]{43}$/);
  expect(other.server.token).not.toBe(one.server.token);
  const bearer = `Authorization: Bearer ${other.server.token}`;
  expect(statusOf(await one.send(one.request({ headers: [bearer] })))).toBe(401);
});

test.each(['0.0.0.0', '::', '127.0.0.2', '192.0.2.1'])('%s is refused as it is', async (host) => {
  const error = await serve({ host }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'DS_API_BIND_REFUSED', blame: 'user', facts: { host } });
});

test('another address is taken where it is said that it is meant', async () => {
  const { server } = await serve({ host: '127.0.0.2', insecure: true });
  expect(server.url).toBe(`http://127.0.0.2:${server.port}`);
  const response = await fetch(`${server.url}/api/0/health`);
  expect(response.status).toBe(200);
});

test('localhost is 127.0.0.1', async () => {
  const { server } = await serve({ host: 'localhost' });
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
});

test('addresses and ports that are none', async () => {
  const code = 'DS_API_ADDRESS_UNUSABLE';
  expect(await codeOf({ host: 'evil.example' })).toBe(code);
  expect(await codeOf({ host: '192.0.2.1', insecure: true })).toBe(code);
  expect(await codeOf({ port: 70_000 })).toBe(code);
});

test('a port that is taken', async () => {
  const other = createServer();
  onTestFinished(() => void other.close());
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const error = await serve({ port }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'DS_API_PORT_TAKEN',
    blame: 'environment',
    message: expect.stringContaining(`(pid ${process.pid})`),
  });
});

test('files for TLS that are none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ds-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'text.pem');
  writeFileSync(file, 'no certificate');
  const code = 'DS_API_TLS_UNUSABLE';
  expect(await codeOf({ tls: { cert: file } })).toBe(code);
  expect(await codeOf({ tls: { key: file } })).toBe(code);
  expect(await codeOf({ tls: { cert: join(folder, 'none'), key: file } })).toBe(code);
  expect(await codeOf({ tls: { cert: file, key: file } })).toBe(code);
});

test('closing tells what is under way, waits for it, and takes nothing new', async () => {
  let told = false;
  const served = await serve({
    fetch: (_, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          told = true;
          resolve(new Response('last words'));
        });
      }),
  });
  const asked = served.send(served.request());
  await expect.poll(() => served.reached.length, { timeout: 10_000 }).toBe(1);
  await served.server.close();
  expect(told).toBe(true);
  expect(await asked).toContain('last words');
  await served.server.closed;
  await expect(fetch(`${served.server.url}/api/0/health`)).rejects.toThrow('fetch failed');
});

test('what does not end is cut off, and closing twice is closing once', async () => {
  const served = await serve({
    limits: { closeTimeoutMs: 1 },
    fetch: () => new Promise(() => {}),
  });
  const asked = served.send(served.request());
  await expect.poll(() => served.reached.length, { timeout: 10_000 }).toBe(1);
  await Promise.all([served.server.close(), served.server.close()]);
  expect(await asked).toBe('');
});

test('idle connections do not keep it', async () => {
  const served = await serve({ limits: { keepAliveMs: 600_000 } });
  const response = await fetch(`${served.server.url}/api/0/health`);
  expect(await response.json()).toEqual({ as: 'anonymous' });
  await served.server.close();
});
