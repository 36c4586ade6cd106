import { describe, expect, test } from 'vitest';
import { get, refused, type Row, sendRefused, withHeader } from './refused-request.ts';

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

describe('a request that can be read in more than one way, or gives a token away, is refused', () => {
  test.each([...paths, ...tokens, ...broken])('%s', async (_, make, status, code) => {
    expect(await sendRefused(make)).toEqual(refused(status, code));
  });
});
