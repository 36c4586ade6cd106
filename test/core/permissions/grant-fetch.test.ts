import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { grantAccessors } from '../../../core/permissions/grant-accessors.ts';
import { thrownBy } from '../../rig/kernel.ts';

const grant = ({ net }: { net: readonly string[] }) =>
  grantAccessors(
    { net },
    {
      who: 'The plugin mail',
      root: '/nowhere',
      env: {},
      signal: new AbortController().signal,
      exports: async () => ({}),
      engine: async () => undefined,
      project: undefined,
    },
  ) as unknown as { fetch: typeof fetch };

const denied = async (work: Promise<unknown>): Promise<string> => {
  const error = await thrownBy(work);
  expect(error['code']).toBe('DS_PERMISSION_DENIED');
  return error.message;
};

/** Answers on loopback until the test is over, and sends who asks for `/away` elsewhere; its port. */
async function serve(): Promise<number> {
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://evil.example/' });
    response.end('hello');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

test('fetch reaches declared hosts and no others, a redirect included', async () => {
  const port = await serve();
  const ours = `http://127.0.0.1:${port}`;
  const { fetch: ask } = grant({ net: [`127.0.0.1:${port}`, '*.Example.com', 'API.test'] });
  expect(await (await ask(`${ours}/`)).text()).toBe('hello');
  expect(await (await ask(new Request(`${ours}/`))).text()).toBe('hello');
  expect((await ask(`${ours}/away`)).status).toBe(302);
  expect((await ask(`${ours}/away`, { redirect: 'follow' })).status).toBe(302);
  for (const url of [
    `http://127.0.0.1:${port + 1}/`,
    `http://localhost:${port}/`,
    'http://example.com.evil.test/',
    'http://evilexample.com/',
    'http://example.com@evil.test/',
    'https://example.com/',
  ]) {
    expect(await denied(ask(url))).toContain('fetch of');
  }
  // Allowed, and there is nobody: what fails is the request.
  const allowed = await thrownBy(
    ask('http://mail.example.com:1/', { signal: AbortSignal.abort() }),
  );
  expect(allowed['code']).not.toBe('DS_PERMISSION_DENIED');
  const named = await thrownBy(ask('http://api.test/', { signal: AbortSignal.abort() }));
  expect(named['code']).not.toBe('DS_PERMISSION_DENIED');
});

test('fetch with net: * reaches any host, and still follows no redirect', async () => {
  const port = await serve();
  const { fetch: ask } = grant({ net: ['*'] });
  expect(await (await ask(`http://127.0.0.1:${port}/`)).text()).toBe('hello');
  expect(await (await ask(`http://localhost:${port}/`)).text()).toBe('hello');
  expect((await ask(`http://127.0.0.1:${port}/away`, { redirect: 'follow' })).status).toBe(302);
  // Part of a pattern it stands for names below a domain alone.
  expect(await denied(grant({ net: ['*example.com'] }).fetch('http://myexample.com/'))).toContain(
    'fetch of',
  );
});
