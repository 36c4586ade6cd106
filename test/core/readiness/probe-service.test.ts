import { createServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { probeService } from '../../../core/readiness/probe-service.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import type { Probe } from '../../../core/readiness/wait-ready.ts';
import type { ExecResult, Instance, PortBinding } from '../../../core/run/runner.ts';
import { freePorts } from '../../rig/free-ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) (server as HttpServer).closeAllConnections();
    server.close();
  }
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (status: number, headers: Record<string, string> = {}) =>
  listen(createServer((_, response) => response.writeHead(status, headers).end('body')));

const bind = (host: number, name = 'http', protocol: 'tcp' | 'udp' = 'tcp'): PortBinding => ({
  name,
  container: 80,
  host,
  protocol,
});

function ask(
  probe: Probe,
  ports: readonly PortBinding[],
  {
    listening = [],
    exec = { exitCode: 0, output: '' },
    signal = new AbortController().signal,
  }: { listening?: readonly string[]; exec?: ExecResult; signal?: AbortSignal } = {},
) {
  return probeService(
    {
      instance: { service: 'web' } as Instance,
      ports,
      runner: {
        listens: async (_, { name }) => listening.includes(name),
        probeAddress: async (_, { host }) => ({ host: '127.0.0.1', port: host }),
        exec: async () => exec,
      },
    },
    probe,
    signal,
  );
}

for (const [status, ok] of [
  [200, true],
  [204, true],
  [302, true],
  [404, false],
  [500, false],
  [503, false],
] as const) {
  test(`http: ${status} is ${ok ? 'an' : 'no'} answer`, async () => {
    const port = await serve(status, { location: 'http://127.0.0.1:1/' });
    expect(await ask(ready.http('/health'), [bind(port)])).toEqual(
      ok ? { ok } : { ok, text: `GET /health answered ${status}` },
    );
  });
}

test('http: a list of statuses, or one, is all that counts', async () => {
  const [port, other] = [await serve(401), await serve(200)];
  expect(await ask(ready.http('/', { status: [401, 403] }), [bind(port)])).toEqual({ ok: true });
  expect(await ask(ready.http('/', { status: 401 }), [bind(port)])).toEqual({ ok: true });
  expect(await ask(ready.http('/', { status: 401 }), [bind(other)])).toMatchObject({ ok: false });
});

test('http: refused, reset and rubbish are answers in words', async () => {
  const [closed] = await freePorts(1);
  const reset = await listen(createTcpServer((socket) => socket.resetAndDestroy()));
  const rubbish = await listen(createTcpServer((socket) => socket.end('SSH-2.0-x\r\n')));
  const answers = await Promise.all(
    [closed, reset, rubbish].map((port) => ask(ready.http('/'), [bind(port)])),
  );
  for (const answer of answers) {
    expect(answer).toMatchObject({ ok: false, text: expect.stringMatching(/^GET \/: .+/) });
  }
  expect(answers[0]).toMatchObject({ text: expect.stringContaining('ECONNREFUSED') });
  expect(answers[1]).toMatchObject({ text: expect.stringMatching(/ECONNRESET|hang up/) });
});

test('http: a server that says nothing is given up with the signal', async () => {
  const control = new AbortController();
  const port = await listen(createTcpServer(() => control.abort(new Error('time is up'))));
  const answer = await ask(ready.http('/'), [bind(port)], { signal: control.signal });
  expect(answer.ok).toBe(false);
});

test('http: a body without end is not read, and its connection is closed', async () => {
  let closed = () => {};
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const port = await listen(
    createServer((request, response) => {
      request.socket.once('close', closed);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    }),
  );
  expect(await ask(ready.http('/events'), [bind(port)])).toEqual({ ok: true });
  await isClosed;
});

test('http: the named port is asked, else the first', async () => {
  const [bad, good] = [await serve(500), await serve(200)];
  const ports = [bind(bad, 'api'), bind(good, 'ui')];
  expect(await ask(ready.http('/', { port: 'ui' }), ports)).toEqual({ ok: true });
  expect(await ask(ready.http('/'), ports)).toMatchObject({ ok: false });
  expect(await ask(ready.http('/'), [bind(1, 'dns', 'udp'), bind(good, 'ui')])).toEqual({
    ok: true,
  });
});

test('port: every TCP port, or the named one; UDP has nothing to say', async () => {
  const ports = [bind(1, 'a'), bind(2, 'b'), bind(3, 'dns', 'udp')];
  expect(await ask(ready.port(), ports, { listening: ['a'] })).toEqual({
    ok: false,
    text: 'nothing listens on port 80 (b) inside',
  });
  expect(await ask(ready.port('a'), ports, { listening: ['a'] })).toEqual({ ok: true });
  expect(await ask(ready.port(), ports, { listening: ['a', 'b'] })).toEqual({ ok: true });
});

test('command: the exit code, and the last three lines of what it said', async () => {
  const exec = { exitCode: 2, output: 'one\ntwo\nthree\nfour\n' };
  expect(await ask(ready.command(['pg_isready', '-q']), [], { exec })).toEqual({
    ok: false,
    text: 'pg_isready exited with 2: two | three | four',
  });
  expect(await ask(ready.command(['true']), [])).toEqual({ ok: true });
});

test('command: with a pattern, exit code 0 alone is no answer', async () => {
  const ping = (pattern: string | RegExp) => ready.command(['redis-cli', 'ping'], { pattern });
  const loading = { exitCode: 0, output: 'LOADING Redis is loading the dataset in memory\n' };
  expect(await ask(ping('PONG'), [], { exec: loading })).toEqual({
    ok: false,
    text: 'redis-cli said LOADING Redis is loading the dataset in memory, not /PONG/',
  });
  expect(await ask(ping('PONG'), [])).toMatchObject({ text: 'redis-cli said nothing, not /PONG/' });
  const pong = { exitCode: 0, output: 'PONG\n' };
  expect(await ask(ping(/^pong$/i), [], { exec: pong })).toEqual({ ok: true });
  expect(await ask(ping('PONG'), [], { exec: { ...pong, exitCode: 1 } })).toMatchObject({
    ok: false,
  });
});
