import { expect, test } from 'vitest';
import { resultOf } from '../../../core/cli/result-of.ts';
import { secret } from '../../../core/secret.ts';
import { configOf, createRepo, taskOf } from './run-main.ts';

const ring: Record<string, unknown> = {};
ring['self'] = ring;

test.each([
  [
    { change: 'added', at: new Date(0) },
    { change: 'added', at: '1970-01-01T00:00:00.000Z' },
  ],
  [{ none: undefined, list: [1] }, { list: [1] }],
  [Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  [{ key: secret('hunter22') }, { key: '[redacted]' }],
])('%j is told as programs read it', (given, result) => {
  expect(resultOf(given)).toStrictEqual({ result });
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'done'],
  ['a list', [1, 2]],
  ['an outcome', { services: {}, errors: [] }],
  ['a ring', ring],
  ['a big number', { count: 1n }],
  ['an instance', new Map([['a', 1]])],
  ['an error', new Error('no')],
  ['what says that it is a text', { toJSON: () => 'text' }],
  [
    'what throws when it is read',
    {
      get a() {
        throw new Error('no');
      },
    },
  ],
])('%s is no result', (_, given) => {
  expect(resultOf(given)).toStrictEqual({});
});

test('a finished event has what an action gave, without secrets; plain output does not', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({ services: {} }),
    'tasks/give.ts': taskOf(
      'give',
      "return { url: 'postgres://ann:hunter22@db/app', state: 'x://a:hunter22@b', count: 2 };",
    ),
    'tasks/fail.ts': taskOf('fail', "throw new Error('no');"),
  });
  const given = await repo.run('give', '--json');
  expect(given.json().at(-1)).toMatchObject({ event: 'give-finished', result: { count: 2 } });
  expect(given.stdout).not.toContain('hunter22');
  expect((await repo.run('give')).stdout).toBe('');
  expect((await repo.run('fail', '--json')).json().at(-1)).not.toHaveProperty('result');
});
