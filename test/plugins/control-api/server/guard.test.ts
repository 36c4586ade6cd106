import { expect, test } from 'vitest';
import { serve, type Served, statusOf } from './served.ts';

test.each<readonly [string, (served: Served) => string[]]>([
  ['as it is', () => []],
  ['localhost', ({ server }) => [`Host: localhost:${server.port}`]],
  ['localhost in capitals', ({ server }) => [`Host: LOCALHOST:${server.port}`]],
  ['its own origin', ({ host }) => [`Origin: http://${host}`]],
  ['a page of its own', () => ['Sec-Fetch-Site: same-origin']],
  ['typed by its user', () => ['Sec-Fetch-Site: none']],
  ["others' cookies", () => ['Cookie: session=1; token=abc']],
])('%s', async (_, headers) => {
  const served = await serve();
  const answer = await served.send(served.request({ headers: headers(served) }));
  expect(statusOf(answer), answer).toBe(200);
  expect(served.audited).toEqual([]);
});

test('cookies are nobody: a token in one counts for nothing', async () => {
  const served = await serve();
  const cookie = `Cookie: token=${served.server.token}; Authorization=Bearer ${served.server.token}`;
  const answer = await served.send(served.request({ headers: [cookie] }));
  expect(answer).toContain('{"as":"anonymous"}');
});

test('with its token it is the owner', async () => {
  const served = await serve();
  const bearer = `Authorization: Bearer ${served.server.token}`;
  const answer = await served.send(served.request({ headers: [bearer] }));
  expect(answer).toContain('{"as":"owner"}');
});

test('a path with encoded letters', async () => {
  const served = await serve();
  const answer = await served.send(
    served.request({ line: 'GET /api/0/options/caf%C3%A9%20x HTTP/1.1' }),
  );
  expect(statusOf(answer), answer).toBe(200);
});

test('those in one go are answered in their order, up to one that is refused', async () => {
  const served = await serve();
  const one = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${served.host}\r\n\r\n`;
  const answer = await served.send(one('/a') + one('/b') + one('/../c') + one('/d'));
  expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
  expect(await served.ask()).toBe(200);
});
