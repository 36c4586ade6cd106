import { describe, expect, test } from 'vitest';
import { codeOf, headersOf, serve, type Served, statusOf } from './served.ts';

type Made = string | ((served: Served) => string);
type Row = readonly [what: string, request: Made, status: number, code: string];

const get = (target: string) => (served: Served) =>
  served.request({ line: `GET ${target} HTTP/1.1` });
const withHeader = (header: string) => (served: Served) => served.request({ headers: [header] });
const post =
  (type: string, body: string, ...headers: string[]) =>
  (served: Served) =>
    served.request({
      line: 'POST /api/0/services/db/stop HTTP/1.1',
      headers: [`Content-Type: ${type}`, `Content-Length: ${body.length}`, ...headers],
      body,
    });

const hosts: readonly Row[] = [
  ['a foreign Host', withHeader('Host: evil.example'), 421, 'DS_API_HOST_REFUSED'],
  [
    'a foreign Host that ends in ours',
    withHeader('Host: evil.localhost'),
    421,
    'DS_API_HOST_REFUSED',
  ],
  ['no Host', withHeader('host:'), 421, 'DS_API_HOST_REFUSED'],
  ['an empty Host', withHeader('Host: '), 421, 'DS_API_HOST_REFUSED'],
  ['our address without the port', withHeader('Host: 127.0.0.1'), 421, 'DS_API_HOST_REFUSED'],
  ['another port', withHeader('Host: 127.0.0.1:1'), 421, 'DS_API_HOST_REFUSED'],
  [
    'a dot behind localhost',
    (served) => served.request({ headers: [`Host: localhost.:${served.server.port}`] }),
    421,
    'DS_API_HOST_REFUSED',
  ],
  [
    'another loopback address',
    (served) => served.request({ headers: [`Host: 127.0.0.2:${served.server.port}`] }),
    421,
    'DS_API_HOST_REFUSED',
  ],
  [
    'user and password in Host',
    (served) => served.request({ headers: [`Host: evil@${served.host}`] }),
    421,
    'DS_API_HOST_REFUSED',
  ],
  [
    'two Hosts, the first ours',
    (served) => served.request({ headers: [`Host: ${served.host}`, 'Host: evil.example'] }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'two Hosts, the second ours',
    (served) => served.request({ headers: ['Host: evil.example', `Host: ${served.host}`] }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  ['a whole URL for a target', get('http://evil.example/api/0/health'), 400, 'DS_API_PATH_REFUSED'],
  [
    'our own URL for a target',
    (served) => served.request({ line: `GET http://${served.host}/api/0/health HTTP/1.1` }),
    400,
    'DS_API_PATH_REFUSED',
  ],
];

const origins: readonly Row[] = [
  ['a foreign Origin', withHeader('Origin: https://evil.example'), 403, 'DS_API_ORIGIN_REFUSED'],
  ['the Origin null', withHeader('Origin: null'), 403, 'DS_API_ORIGIN_REFUSED'],
  ['an empty Origin', withHeader('Origin: '), 403, 'DS_API_ORIGIN_REFUSED'],
  [
    'another port of this machine',
    withHeader('Origin: http://127.0.0.1:1'),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  [
    'our address with another scheme',
    (served) => served.request({ headers: [`Origin: https://${served.host}`] }),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  [
    'our other name',
    (served) => served.request({ headers: [`Origin: http://localhost:${served.server.port}`] }),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  [
    'two Origins, one ours',
    (served) => served.request({ headers: [`Origin: http://${served.host}`, 'Origin: null'] }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'a page of another site',
    withHeader('Sec-Fetch-Site: cross-site'),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  ['a page of another port', withHeader('Sec-Fetch-Site: same-site'), 403, 'DS_API_ORIGIN_REFUSED'],
  [
    'a form of another site',
    post('application/x-www-form-urlencoded', 'a=b', 'Origin: https://evil.example'),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  [
    'a form with files of another site',
    post('multipart/form-data; boundary=x', '--x--', 'Origin: null'),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  [
    'a form of plain text that is JSON',
    post('text/plain', '{"a":"="}', 'Sec-Fetch-Site: cross-site'),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
  [
    'what a browser asks before a call of another site',
    (served) =>
      served.request({
        line: 'OPTIONS /api/0/services HTTP/1.1',
        headers: ['Origin: https://evil.example', 'Access-Control-Request-Method: POST'],
      }),
    403,
    'DS_API_ORIGIN_REFUSED',
  ],
];

const paths: readonly Row[] = [
  '/../etc/passwd',
  '/api/0/../../x',
  '/./api/0/health',
  '/api/0/services/..',
  '//api/0/health',
  '/api//0/health',
  '/api/0/health\\..',
  '/\\evil.example',
  '/api/0/%2e%2e/x',
  '/api/0/%2E./x',
  '/api/0%2fhealth',
  '/api/0%5Chealth',
  '/api/0/health%00',
  '/api/0/%0d%0aX',
  '/api/0/%252e%252e',
  '/api/0/%',
  '/api/0/%zz',
  '/api/0/%ff',
  '/api/0/%c0%ae',
  '/api/0/health#x',
  '*',
].map((target): Row => [`the path ${target}`, get(target), 400, 'DS_API_PATH_REFUSED']);

const tokens: readonly Row[] = [
  ...['token', 'access_token', 'Access-Token', 'authorization', 'bearer', 'api_key'].map(
    (word): Row => [`?${word}=`, get(`/api/0/health?${word}=x`), 400, 'DS_API_TOKEN_IN_URL'],
  ),
  ['an encoded word', get('/api/0/health?%74oken=x'), 400, 'DS_API_TOKEN_IN_URL'],
  ['a bearer under another word', get('/api/0/health?q=Bearer%20x'), 400, 'DS_API_TOKEN_IN_URL'],
  [
    "a tool's token under another word",
    get('/api/0/health?q=dst_abcdefghijklmnopqrstuvwxyz'),
    400,
    'DS_API_TOKEN_IN_URL',
  ],
  [
    "the server's own token in the path",
    (served) => served.request({ line: `GET /${served.server.token} HTTP/1.1` }),
    400,
    'DS_API_TOKEN_IN_URL',
  ],
];

const broken: readonly Row[] = [
  ['a path in Latin-1', get('/api/0/caf\xe9'), 400, 'DS_API_REQUEST_REFUSED'],
  [
    'length and chunks at once',
    (served) =>
      served.request({
        line: 'POST /api/0/x HTTP/1.1',
        headers: ['Content-Length: 4', 'Transfer-Encoding: chunked'],
        body: '0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n',
      }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'two lengths',
    (served) =>
      served.request({
        line: 'POST /api/0/x HTTP/1.1',
        headers: ['Content-Length: 0', 'Content-Length: 4'],
        body: 'GET ',
      }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'chunks that are none at the end',
    (served) =>
      served.request({
        line: 'POST /api/0/x HTTP/1.1',
        headers: ['Transfer-Encoding: chunked, identity'],
        body: '0\r\n\r\n',
      }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'a chunk of no length',
    (served) =>
      served.request({
        line: 'POST /api/0/x HTTP/1.1',
        headers: ['Transfer-Encoding: chunked'],
        body: 'zz\r\n\r\n',
      }),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'a header that goes on in the next line',
    withHeader('X-A: b\r\n c: d'),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  ['a line end alone in a header', withHeader('X-A: b\nX-B: c'), 400, 'DS_API_REQUEST_REFUSED'],
  [
    'a carriage return alone in a header',
    withHeader('X-A: b\rX-B: c'),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  ['NUL in a header', withHeader('X-A: b\0c'), 400, 'DS_API_REQUEST_REFUSED'],
  ['a space before the colon', withHeader('X-A : b'), 400, 'DS_API_REQUEST_REFUSED'],
  ['long headers', withHeader(`X-A: ${'b'.repeat(20_000)}`), 431, 'DS_API_REQUEST_REFUSED'],
  ['many headers', withHeader('X-A: b\r\n'.repeat(3000).trim()), 431, 'DS_API_REQUEST_REFUSED'],
  ['a long URL', get(`/api/0/health?a=${'b'.repeat(5000)}`), 414, 'DS_API_REQUEST_REFUSED'],
  [
    'two Authorizations',
    withHeader('Authorization: Bearer a\r\nAuthorization: Bearer b'),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'HTTP/1.0',
    (served) => served.request({ line: 'GET / HTTP/1.0' }),
    505,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'HTTP/2.0',
    (served) => served.request({ line: 'GET / HTTP/2.0' }),
    505,
    'DS_API_REQUEST_REFUSED',
  ],
  ['HTTP/0.9', 'GET /\r\n\r\n', 505, 'DS_API_REQUEST_REFUSED'],
  ['no HTTP at all', '\x16\x03\x01\x02\x00 hello\r\n\r\n', 501, 'DS_API_REQUEST_REFUSED'],
  [
    'TRACE',
    (served) => served.request({ line: 'TRACE / HTTP/1.1' }),
    501,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'PROPFIND',
    (served) => served.request({ line: 'PROPFIND / HTTP/1.1' }),
    501,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'an unknown method',
    (served) => served.request({ line: 'HACK / HTTP/1.1' }),
    501,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'a small method',
    (served) => served.request({ line: 'get / HTTP/1.1' }),
    501,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'CONNECT',
    (served) => served.request({ line: `CONNECT ${served.host} HTTP/1.1` }),
    501,
    'DS_API_REQUEST_REFUSED',
  ],
  [
    'a websocket',
    withHeader('Upgrade: websocket\r\nConnection: Upgrade'),
    400,
    'DS_API_REQUEST_REFUSED',
  ],
  ['another protocol', withHeader('Upgrade: h2c'), 400, 'DS_API_REQUEST_REFUSED'],
  ['an expectation', withHeader('Expect: a-miracle'), 417, 'DS_API_REQUEST_REFUSED'],
];

describe('a request that is refused before the app', () => {
  test.each([...hosts, ...origins, ...paths, ...tokens, ...broken])(
    '%s',
    async (_, make, status, code) => {
      const served = await serve();
      const answer = await served.send(typeof make === 'string' ? make : make(served));

      expect({ status: statusOf(answer), code: codeOf(answer) }).toEqual({ status, code });
      expect(served.reached).toEqual([]);
      expect(served.audited).toMatchObject([{ status, code }]);
      expect(JSON.stringify(served.audited)).not.toContain(served.server.token);
      expect(headersOf(answer)).toMatchObject({
        'content-type': 'application/problem+json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        connection: 'close',
      });
      expect(headersOf(answer)).not.toHaveProperty('access-control-allow-origin');
      // The answer is one, and the next good request has one, too.
      expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
      expect(await served.ask()).toBe(200);
    },
  );
});

describe('a request that is good', () => {
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
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
    ]);
    expect(await served.ask()).toBe(200);
  });
});
