import { expect, test } from 'vitest';
import { asError, asErrors, reasonOf, throwAll } from '../../../core/errors/as-error.ts';
import {
  defineErrors,
  DevServicesError,
  entry,
  isDevServicesError,
} from '../../../core/errors/error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { reportError } from '../../../core/errors/report-error.ts';

const blames = ['outcome', 'environment', 'user', 'plugin', 'bug'] as const;
const make = (blame: (typeof blames)[number], facts: Record<string, unknown> = {}) =>
  new DevServicesError({
    code: `DS_TEST_${blame.toUpperCase()}`,
    blame,
    message: 'm',
    hint: 'h',
    facts,
  });

test('exit codes: none, each, and the gravest of several', () => {
  expect(resolveExitCode([])).toBe(0);
  expect(blames.map((blame) => resolveExitCode([make(blame)]))).toEqual([1, 3, 2, 4, 70]);
  // From lightest to gravest: whatever comes later in the list outweighs everything before it.
  for (let worst = 0; worst < blames.length; worst++) {
    const some = blames.slice(0, worst + 1).map((blame) => make(blame));
    const code = [1, 3, 2, 4, 70][worst];
    expect(resolveExitCode(some)).toBe(code);
    expect(resolveExitCode(some.toReversed())).toBe(code);
  }
});

test('any thrown value becomes one of ours, with its cause', () => {
  const ours = make('user');
  expect(asError(ours)).toBe(ours);
  const cause = new TypeError('x is not a function');
  const bug = asError(cause);
  expect([bug.code, bug.blame, bug.cause]).toEqual(['DS_BUG_UNEXPECTED', 'bug', cause]);
  expect(bug.message).toContain('x is not a function');
});

test('an aggregate is its parts, at any depth', () => {
  const [a, b, c] = [make('user'), make('plugin'), new Error('c')];
  const all = asErrors(new AggregateError([a, new AggregateError([b, c])]));
  expect(all.map(({ blame }) => blame)).toEqual(['user', 'plugin', 'bug']);
  expect(asErrors(a)).toEqual([a]);
});

test('one error is thrown as it is, several together, none not at all', () => {
  const [a, b] = [make('user'), make('plugin')];
  expect(() => throwAll([])).not.toThrow();
  expect(() => throwAll([a])).toThrow(a);
  expect(() => throwAll([a, b])).toThrowError(
    expect.objectContaining({ errors: [a, b], message: '2 problems' }),
  );
});

const thrown: [unknown, string][] = [
  [new Error('why'), 'why'],
  [new TypeError(''), 'TypeError'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [null, 'null'],
  [{ a: 1 }, '{"a":1}'],
  [Symbol('s'), 'Symbol(s)'],
  [10n, '10'],
  [Object.assign(Object.create(null) as object, { a: 1 }), '{"a":1}'],
];
for (const [value, text] of thrown) {
  test(`the short text of ${text}`, () => expect(reasonOf(value)).toBe(text));
}

test('a text for what refers to itself', () => {
  const ring: Record<string, unknown> = {};
  ring['self'] = ring;
  expect(reasonOf(ring)).toBe('[object Object]');
});

test('errors of another copy of this package are known by their brand', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('devservices.error')]: true });
  expect(isDevServicesError(foreign)).toBe(true);
  expect(isDevServicesError(new Error('x'))).toBe(false);
  expect(isDevServicesError({ [Symbol.for('devservices.error')]: true })).toBe(false);
});

test('a catalogue makes sentences of facts', () => {
  const errors = defineErrors({
    DS_MAIL_FULL: entry<{ box: string }>({
      blame: 'environment',
      title: 'Full',
      message: ({ box }) => `The box ${box} is full.`,
      hint: ({ box }) => `Empty ${box}.`,
    }),
  });
  const cause = new Error('disk');
  const error = errors.create('DS_MAIL_FULL', { box: 'inbox' }, cause);
  expect(error).toMatchObject({
    code: 'DS_MAIL_FULL',
    blame: 'environment',
    message: 'The box inbox is full.',
    hint: 'Empty inbox.',
    facts: { box: 'inbox' },
    cause,
  });
  expect(errors.create('DS_MAIL_FULL', { box: 'x' })).not.toHaveProperty('cause');
});

test('a report has what a service’s failure gathered, and no other fact', () => {
  const facts = { exitCode: 3, lastProbe: 'refused', logs: ['a'], password: 'x' };
  expect(reportError(make('outcome', facts))).toEqual({
    code: 'DS_TEST_OUTCOME',
    blame: 'outcome',
    message: 'm',
    hint: 'h',
    exitCode: 3,
    lastProbe: 'refused',
    logs: ['a'],
  });
  expect(Object.keys(reportError(make('user')))).toEqual(['code', 'blame', 'message', 'hint']);
});
