import { array, assert, constantFrom, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import {
  createAddressBook,
  formatAddress,
  portsNamed,
  resolveTemplate,
} from '../../core/addresses.ts';

const book = createAddressBook('db', {
  sql: { host: '127.0.0.1', port: 5432, published: 15432 },
  'admin-ui': { host: '::1', port: 8080, published: 8080 },
});

test('a book gives addresses, hosts and ports by name', () => {
  expect(book.address('sql')).toBe('127.0.0.1:5432');
  expect(book.host('sql')).toBe('127.0.0.1');
  expect(book.port('sql')).toBe(5432);
  expect(book.published('sql')).toBe(15432);
  expect(formatAddress({ host: '::1', port: 1 })).toBe('[::1]:1');
});

test('an unknown port is named with what there is and what was meant', () => {
  for (const port of ['sqll', 'constructor']) {
    expect(() => book.port(port)).toThrowError(
      expect.objectContaining({ code: 'DS_PORT_UNKNOWN', blame: 'user' }),
    );
  }
  expect(() => book.address('sqll')).toThrowError(
    /Did you mean "sql"\? There are: sql, admin-ui\./,
  );
});

test('templates', () => {
  const fill = (text: string, first: string | undefined = 'sql') =>
    resolveTemplate(text, book, first);
  expect(fill('postgres://{address.sql}/app?host={host}&port={port.sql}')).toBe(
    'postgres://127.0.0.1:5432/app?host=127.0.0.1&port=5432',
  );
  expect(fill('{host.admin-ui} {address.admin-ui}')).toBe('::1 [::1]:8080');
  expect(fill('PLAINTEXT://127.0.0.1:{published.sql}')).toBe('PLAINTEXT://127.0.0.1:15432');
  expect(resolveTemplate('{host} {port} {address}', book, undefined)).toBe(
    '{host} {port} {address}',
  );
  expect(() => fill('{port.nope}')).toThrowError(/no port "nope"/);
});

test('every other brace is left as it is', () => {
  const text = array(
    oneof(
      string(),
      constantFrom(
        '{',
        '}',
        '{{',
        '{}',
        '{host',
        'port.sql}',
        '{ host }',
        '{HOST}',
        '$&',
        '{other.sql}',
      ),
    ),
  )
    .map((parts) => parts.join(''))
    .filter((given) => !/\{(?:host|port|address)(?:\.[A-Za-z0-9_-]+){0,2}\}/.test(given));
  assert(
    property(text, (given) => {
      expect(resolveTemplate(given, book, 'sql')).toBe(given);
      expect(resolveTemplate(`${given} {port.sql}`, book, 'sql')).toBe(`${given} 5432`);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('JSON in a variable survives', () => {
  const json = JSON.stringify({ a: { b: ['{c}', '{port.sql}'] } });
  expect(resolveTemplate(json, book, 'sql')).toBe('{"a":{"b":["{c}","5432"]}}');
});

test('ports of a dependency are named by service and port', () => {
  const both = createAddressBook('api', {
    http: { host: '127.0.0.1', port: 80, published: 80 },
    'relay.http': { host: 'relay', port: 8090, published: 18090 },
  });
  const fill = (text: string) => resolveTemplate(text, both, 'http');
  expect(fill('http://k@{address.relay.http}/1 {host.relay.http} {host}')).toBe(
    'http://k@relay:8090/1 relay 127.0.0.1',
  );
  expect(fill('{port.relay.http} {published.relay.http} {port.http}')).toBe('8090 18090 80');
  expect(both.address('relay.http')).toBe('relay:8090');
  expect(() => fill('{port.relay.htp}')).toThrowError(
    /api has no port "relay\.htp"\. Did you mean "relay\.http"\? There are: http, relay\.http\./,
  );
  expect(fill('{address.relay.http.x} {address..http} {other.relay.http}')).toBe(
    '{address.relay.http.x} {address..http} {other.relay.http}',
  );
  expect(portsNamed('{address.relay.http}{host}{port.http} {nothing.a} {published.b}')).toEqual([
    'relay.http',
    'http',
    'b',
  ]);
});
