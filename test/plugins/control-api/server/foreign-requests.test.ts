import { describe, expect, test } from 'vitest';
import { refused, type Row, sendRefused, withHeader } from './refused-request.ts';
import type { Served } from './served.ts';

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
  [
    'a whole URL for a target',
    (served) => served.request({ line: 'GET http://evil.example/api/0/health HTTP/1.1' }),
    400,
    'DS_API_PATH_REFUSED',
  ],
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

describe('a request for another server, or from another site, is refused', () => {
  test.each([...hosts, ...origins])('%s', async (_, make, status, code) => {
    expect(await sendRefused(make)).toEqual(refused(status, code));
  });
});
