import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { codeOf, serve, type Served, statusOf } from './served.ts';

const chunked = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

const post = (served: Served, headers: string[], body: string): string =>
  served.request({ line: 'POST /api/0/x HTTP/1.1', headers, body });

test('a body as large as may be is read, and one more byte is not', async () => {
  const served = await serve({ limits: { maxBodyBytes: 10 } });
  const fits = await served.send(post(served, ['Content-Length: 10'], '0123456789'));
  expect(statusOf(fits)).toBe(200);
  expect(served.reached).toEqual(['POST /api/0/x 0123456789']);

  const more = await served.send(post(served, ['Content-Length: 11'], '0123456789x'));
  expect([statusOf(more), codeOf(more)]).toEqual([413, 'DS_API_TOO_LARGE']);
  expect(served.reached).toHaveLength(1);
  expect(served.audited).toMatchObject([{ method: 'POST', path: '/api/0/x', status: 413 }]);
  expect(await served.ask()).toBe(200);
});

test('what is said to be too large is refused before it is sent', async () => {
  const served = await serve();
  const socket = open(served);
  socket.write(post(served, [`Content-Length: ${1024 ** 4}`], ''));
  const [text] = (await once(socket, 'data')) as [string];
  expect([statusOf(text), codeOf(text)]).toEqual([413, 'DS_API_TOO_LARGE']);
  expect(await served.ask()).toBe(200);
});

test('who asks first whether it may send a body is told so, or not', async () => {
  const served = await serve({ limits: { maxBodyBytes: 10 } });
  const good = open(served);
  good.write(post(served, ['Expect: 100-continue', 'Content-Length: 2'], ''));
  const [go] = (await once(good, 'data')) as [string];
  expect(go).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  good.write('ok');
  const [text] = (await once(good, 'data')) as [string];
  expect(statusOf(text)).toBe(200);

  const bad = open(served);
  bad.write(post(served, ['Expect: 100-continue', 'Content-Length: 11'], ''));
  const [refused] = (await once(bad, 'data')) as [string];
  expect(statusOf(refused)).toBe(413);
});

test('a body in chunks is cut off where it is too large', async () => {
  const served = await serve({ limits: { maxBodyBytes: 10 } });
  const chunks = ['Transfer-Encoding: chunked'];
  const fits = await served.send(post(served, chunks, chunked('0123456789')));
  expect(statusOf(fits)).toBe(200);
  const more = await served.send(post(served, chunks, chunked('0123456789x')));
  expect([statusOf(more), codeOf(more)]).toEqual([413, 'DS_API_TOO_LARGE']);
  expect(await served.ask()).toBe(200);
});

test('chunks without an end are read up to a limit', async () => {
  const served = await serve({ limits: { maxBodyBytes: 10 } });
  const socket = open(served);
  let text = '';
  socket.on('data', (chunk: string) => void (text += chunk));
  socket.write(post(served, ['Transfer-Encoding: chunked'], ''));
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  let sent = 0;
  while (!socket.destroyed && socket.writable) {
    sent += 1;
    if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    else await new Promise((resolve) => setImmediate(resolve));
  }
  expect(statusOf(text)).toBe(413);
  // What the kernel holds of it is not read.
  expect(sent * 0x10000).toBeLessThan(64 * 1024 ** 2);
  expect(await served.ask()).toBe(200);
});

test('a body that is longer than it says is no part of it, and no request either', async () => {
  const served = await serve();
  const body = 'okGET /smuggled HTTP/1.1\r\n\r\n';
  const answer = await served.send(
    post(served, ['Content-Length: 2'], body).replace('Connection: close\r\n', ''),
  );
  expect(served.reached).toEqual(['POST /api/0/x ok']);
  // The rest is taken as it would be alone: it does not say which server it is for.
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 421']);
});

test('who leaves in the middle of a body reaches nothing', async () => {
  const served = await serve();
  const socket = open(served);
  socket.write(post(served, ['Content-Length: 10'], '012'));
  await once(socket, 'connect');
  socket.end();
  await once(socket.resume(), 'close');
  expect(served.reached).toEqual([]);
  expect(await served.ask()).toBe(200);
});

test('a slow body is given up', async () => {
  const served = await serve({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 400 } });
  const answer = await served.send(post(served, ['Content-Length: 10'], '012'));
  expect([statusOf(answer), codeOf(answer)]).toEqual([408, 'DS_API_REQUEST_REFUSED']);
  expect(served.reached).toEqual([]);
  expect(served.audited).toMatchObject([{ status: 408 }]);
  expect(await served.ask()).toBe(200);
});

test('slow headers are given up', async () => {
  const served = await serve({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 400 } });
  const answer = await served.send(`GET / HTTP/1.1\r\nHost: ${served.host}\r\n`);
  expect(statusOf(answer)).toBe(408);
  expect(await served.ask()).toBe(200);
});

test('who says nothing is cut off, and nothing is made of it', async () => {
  const served = await serve({ limits: { headersTimeoutMs: 400, requestTimeoutMs: 400 } });
  expect(await served.send()).toBe('');
  expect(served.audited).toEqual([]);
});

test('more connections than may be are turned away, and there are others once some end', async () => {
  const served = await serve({ limits: { maxConnections: 3 } });
  const held = [open(served), open(served), open(served)];
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  expect(await served.send(served.request())).toBe('');
  expect(served.audited).toMatchObject([{ status: 503, code: 'DS_API_TOO_MANY' }]);
  for (const socket of held) socket.destroy();
  // It hears of their end when it hears of it.
  await expect.poll(() => served.ask(), { timeout: 10_000 }).toBe(200);
});

test('a stream that nobody reads any more is cut off, and what made it is told', async () => {
  let isLeft: () => void = () => {};
  const left = new Promise<void>((resolve) => (isLeft = resolve));
  const chunk = new Uint8Array(1024 * 1024);
  const served = await serve({
    limits: { stallTimeoutMs: 400 },
    fetch: () => {
      const endless = { pull: (to: ReadableStreamDefaultController) => to.enqueue(chunk) };
      const body = new ReadableStream({ ...endless, cancel: isLeft });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  const socket = open(served);
  socket.pause().write(served.request());
  await expect(left).resolves.toBeUndefined();
  socket.destroy();
});

test('an app that throws is a problem without its words, and the next request is answered', async () => {
  let isBroken = true;
  const served = await serve({
    fetch: () => {
      if (isBroken) throw new Error('the secret is 42');
      return new Response('ok');
    },
  });
  const answer = await served.send(served.request());
  expect([statusOf(answer), codeOf(answer)]).toEqual([500, 'DS_API_BROKE']);
  expect(answer).not.toContain('42');
  isBroken = false;
  expect(await served.ask()).toBe(200);
});

function open(served: Served): Socket {
  const socket = connect({ port: served.server.port, host: '127.0.0.1' });
  socket.setEncoding('latin1').on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}
