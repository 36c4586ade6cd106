import { expect, test } from 'vitest';
import { isOwnHost, type OwnPlace } from '../../../../plugins/control-api/server/own-hosts.ts';

const plain: OwnPlace = { scheme: 'http', port: 4000, names: [] };
const named: OwnPlace = { scheme: 'https', port: 443, names: ['dev.example.org'] };

test.each<readonly [host: string, localAddress: string, place: OwnPlace, isOwn: boolean]>([
  ['127.0.0.1:4000', '127.0.0.1', plain, true],
  ['localhost:4000', '127.0.0.1', plain, true],
  ['127.0.0.1:4000', '::ffff:127.0.0.1', plain, true],
  ['[::1]:4000', '::1', plain, true],
  ['localhost:4000', '::1', plain, true],
  ['::1:4000', '::1', plain, false],
  ['127.0.0.1:4000', '127.0.0.2', plain, false],
  ['192.168.1.5:4000', '192.168.1.5', plain, true],
  ['localhost:4000', '192.168.1.5', plain, false],
  ['evil.example:4000', '192.168.1.5', plain, false],
  ['127.0.0.1', '127.0.0.1', plain, false],
  ['127.0.0.1:04000', '127.0.0.1', plain, false],
  ['127.1:4000', '127.0.0.1', plain, false],
  ['dev.example.org', '192.168.1.5', named, true],
  ['dev.example.org:443', '192.168.1.5', named, true],
  ['DEV.example.org', '192.168.1.5', named, true],
  ['dev.example.org.evil.example', '192.168.1.5', named, false],
  ['', '', plain, false],
  [':4000', '', plain, false],
])('%s at %s', (host, localAddress, place, isOwn) => {
  expect(isOwnHost(host, localAddress, place)).toBe(isOwn);
});
