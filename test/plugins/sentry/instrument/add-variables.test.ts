import { describe, expect, test } from 'vitest';
import { createAddressBook } from '../../../../core/addresses.ts';
import {
  addVariables,
  type GivenEnvironment,
  namesOf,
} from '../../../../plugins/sentry/instrument/add-variables.ts';

const added = { SENTRY_DSN: 'http://key@{address.relay.http}/1', SENTRY_ENVIRONMENT: 'test' };

test.each<[string, GivenEnvironment, GivenEnvironment]>([
  ['none', undefined, added],
  ['a record', { A: 1 }, { ...added, A: 1 }],
  ['a record with one of its own', { SENTRY_DSN: 'own' }, { ...added, SENTRY_DSN: 'own' }],
  ['a record that leaves one out', { SENTRY_DSN: null }, { ...added, SENTRY_DSN: null }],
  ['an empty list', [], [`SENTRY_DSN=${added.SENTRY_DSN}`, 'SENTRY_ENVIRONMENT=test']],
  [
    'a list with one of its own',
    ['A=1=2', 'SENTRY_DSN=own'],
    ['A=1=2', 'SENTRY_DSN=own', 'SENTRY_ENVIRONMENT=test'],
  ],
  ['a list that takes one from outside', ['SENTRY_DSN'], ['SENTRY_DSN', 'SENTRY_ENVIRONMENT=test']],
])('an environment keeps its form and what it has: %s', (_, given, result) => {
  expect(addVariables(given, added)).toEqual(result);
});

describe('an environment that is a function', () => {
  const at = { host: '172.18.0.1', port: 4000, published: 4000 };
  const book = createAddressBook('web', {
    http: { host: 'web', port: 80, published: 8080 },
    'relay.http': at,
  });
  const call = (given: GivenEnvironment, variables: Record<string, string> = added) => {
    const made = addVariables(given, variables);
    if (typeof made !== 'function') throw new Error('it is no function any more');
    return made(book);
  };

  test('gets addresses filled in, and what it gives wins', () => {
    expect(call(({ address }) => ({ A: address('http') }))).toEqual({
      A: 'web:80',
      SENTRY_DSN: 'http://key@172.18.0.1:4000/1',
      SENTRY_ENVIRONMENT: 'test',
    });
    expect(call(() => ({ SENTRY_DSN: null }))).toMatchObject({ SENTRY_DSN: null });
  });

  test('gets none of a service that takes no part', () => {
    expect(call(() => ({}), { SENTRY_DSN: 'http://key@{address.other.http}/1', A: 'b' })).toEqual({
      A: 'b',
    });
  });

  test('that gives no record is told of as it is', () => {
    for (const wrong of [Promise.resolve({}), null, ['A=1'], 'text']) {
      expect(call((() => wrong) as unknown as GivenEnvironment)).toBe(wrong);
    }
  });
});

test('names are those that it has or leaves out', () => {
  expect(namesOf({ A: 1, B: null })).toEqual(['A', 'B']);
  expect(namesOf(['A=1', 'B'])).toEqual(['A', 'B']);
  expect(namesOf(undefined)).toEqual([]);
});
