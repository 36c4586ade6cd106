import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { namesOf, resolveBind, shownHost } from '../../../../plugins/control-api/server/bind.ts';
import { shownPath } from '../../../../plugins/control-api/server/shown-path.ts';

const plain = { isTls: false, isInsecure: false };

test.each([undefined, '127.0.0.1', '::1', 'localhost'])('%s needs no leave', (host) => {
  expect(resolveBind({ ...plain, host })).toBe(host === '::1' ? '::1' : '127.0.0.1');
});

test.each(['0.0.0.0', '::', '192.168.1.5', '127.0.0.2'])('%s needs TLS or a word', (host) => {
  expect(() => resolveBind({ ...plain, host })).toThrow(`On ${host} others`);
  expect(resolveBind({ ...plain, host, isTls: true })).toBe(host);
  expect(resolveBind({ ...plain, host, isInsecure: true })).toBe(host);
});

test('only off loopback is it called by the name of the machine, too', () => {
  expect(namesOf('127.0.0.1', [])).toEqual([]);
  expect(namesOf('0.0.0.0', ['Dev.example.org'])).toEqual([
    'dev.example.org',
    hostname().toLowerCase(),
  ]);
});

test('the URL has a name that the certificate has, else the address', () => {
  expect(shownHost('127.0.0.2', ['Dev.example.org', 'other'])).toBe('dev.example.org');
  expect(shownHost('192.168.1.5', [])).toBe('192.168.1.5');
  expect(shownHost('::1', [])).toBe('[::1]');
  expect(shownHost('0.0.0.0', [])).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  expect(shownHost('0.0.0.0', [])).not.toBe('0.0.0.0');
});

test.each([
  ['/api/0/services?token=secret', '/api/0/services'],
  ['/api/0/services#secret', '/api/0/services'],
  ['/own-token/x', '/…/x'],
  ['/dst_abcDEF-123/x', '/…/x'],
  ['http://ada:secret@127.0.0.1/', '-'],
  ['/a\u001b[31mb\r\n', '/a?[31mb??'],
  [`/${'x'.repeat(500)}`, `/${'x'.repeat(199)}`],
])('a log has of %j no more than %s', (target, shown) => {
  expect(shownPath(target, 'own-token')).toBe(shown);
});
