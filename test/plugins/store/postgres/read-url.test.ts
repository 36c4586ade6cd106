import fc from 'fast-check';
import { expect, test } from 'vitest';

import { readLocation } from '../../../../plugins/store/postgres/read-url.ts';

test.each([
  ['postgres://ada:secret@db.internal:6543/shop', 'db.internal:6543/shop'],
  ['postgresql://db.internal/shop?sslmode=disable', 'db.internal:5432/shop'],
  ['POSTGRES://db/shop', 'db:5432/shop'],
  ['postgres://[::1]:5432/shop', '[::1]:5432/shop'],
  ['postgres://ada:secret@db', 'db:5432/ada'],
  ['postgres://ada:p%2Fw%40d@db/my%20shop', 'db:5432/my shop'],
  ['postgres://ada@/shop?host=/run/postgresql&port=5433', '/run/postgresql:5433/shop'],
  ['postgres://ada:secret@%2Frun%2Fpostgresql/shop', '/run/postgresql:5432/shop'],
  ['postgres:///shop', 'localhost:5432/shop'],
  ['postgres://db/shop?user=ada&password=secret', 'db:5432/shop'],
])('%s is at %s', (url, location) => {
  expect(readLocation(url, {})).toBe(location);
});

test('what a URL leaves open is read where pg reads it', () => {
  const env = { PGHOST: 'db', PGPORT: '5433', PGDATABASE: 'shop', PGUSER: 'ada' };
  expect(readLocation('postgres://', env)).toBe('db:5433/shop');
  expect(readLocation('postgres://', { PGUSER: 'ada' })).toBe('localhost:5432/ada');
});

test.each([
  ['mysql://ada:secret@db/shop', 'begins with mysql://'],
  ['secret', 'does not begin with postgres://'],
  ['', 'does not begin with postgres://'],
  ['postgres://ada:se/cret@db/shop', 'cannot be read'],
  ['postgres://ada:12/secret@db/shop', 'cannot be read'],
  ['postgres://ada:12?secret@db/shop', 'cannot be read'],
  ['postgres://ada:12#secret@db/shop', 'cannot be read'],
  ['postgres://ada:secret%@db/shop', 'cannot be read'],
  ['postgres://ada:@secret?@db/shop', 'cannot be read'],
  ['postgres://ada:secret@db:port/shop', 'cannot be read'],
])('%s is refused, and not repeated', (url, problem) => {
  expect(() => readLocation(url, {})).toThrow(problem);
  expect(thrownBy(url)).not.toContain('secret');
});

test('no password comes into a text, however it is written', () => {
  const word = fc.string({
    unit: fc.constantFrom(...Array.from('ab1/:@?#%& .[]\\')),
    maxLength: 6,
  });
  fc.assert(
    fc.property(word, word, (before, after) => {
      const url = `postgres://ada:${before}SECRET${after}@db/shop`;
      expect(thrownBy(url)).not.toContain('SECRET');
    }),
    { seed: 20_261_123, numRuns: 2000 },
  );
});

/** Where it is, or all that is said of why that is not known. */
function thrownBy(url: string): string {
  try {
    return readLocation(url, {});
  } catch (error) {
    const { message, facts, cause } = error as { message: string; facts: unknown; cause: unknown };
    return JSON.stringify([message, facts, cause]);
  }
}
