import { expect, test } from 'vitest';
import { hostProcess, type ProcessFields } from '../../../core/run/process-fields.ts';
import { problems, service, validate } from './validating.ts';

const processOf = (fields: object): object => service({ run: { local: hostProcess(fields) } });

const found = async (fields: object): Promise<string[]> =>
  (await problems(processOf(fields))).map((line) => line.replace('services.db.run.local', '…'));

test('a process with every field is taken as it is, and needs no plugin to be checked', () => {
  const full: Required<Omit<ProcessFields, 'program'>> = {
    command: 'tsx watch api.ts --port {port.http}',
    cwd: 'apps/api',
    environment: { MODE: 'dev', WORKERS: 2, DEBUG: false },
    shell: true,
    restart: 'on-failure',
    maxRestarts: 3,
    backoff: { initial: '100ms', factor: 1.5, max: '5s', resetAfter: 2000 },
    stopSignal: 'SIGINT',
    stopGracePeriod: '3s',
    watch: ['src/**/*.ts'],
  };
  expect(validate(processOf(full)).services['db']?.run).toEqual({
    local: { kind: 'process', ...full },
  });
});

test.each<[string, ProcessFields]>([
  ['a list', { command: ['node', '', 'a b'] }],
  ['a function as environment', { command: 'x', environment: ({ port }) => ({ P: port('a') }) }],
  ['a signal without its prefix', { command: 'x', stopSignal: 'USR1' }],
  ['the path of a shell', { command: 'a | b', shell: '/bin/bash' }],
  ['shell: false beside a list', { command: ['a'], shell: false }],
  ['a program', { program: { module: 'x/y', options: { version: 17, of: [null, { a: true }] } } }],
])('%s is taken', (_, fields) => {
  expect(validate(processOf(fields)).services['db']?.run).toEqual({
    local: { kind: 'process', ...fields },
  });
});

test.each<[object, string]>([
  [{}, '…: Expected a command or a program, found neither.'],
  [
    { command: 'x', program: { module: 'y' } },
    '….program: Expected either command or program, found both.',
  ],
  [
    { command: ['a', 'b'], shell: true },
    '….shell: Expected a command as one text, which the shell is to read, found a list.',
  ],
  [
    { program: { module: 'y' }, shell: '/bin/sh' },
    '….shell: Expected a command as one text, which the shell is to read, found none.',
  ],
  [
    { command: ' ' },
    '….command: Expected a command, or a list of a program and its arguments, found " ".',
  ],
  [
    { command: [] },
    '….command: Expected a command, or a list of a program and its arguments, found a list.',
  ],
  [
    { command: ['', 'a'] },
    '….command: Expected a command, or a list of a program and its arguments, found a list.',
  ],
  [
    { command: ['a', 'b\0c'] },
    '….command: Expected a command, or a list of a program and its arguments, found a list.',
  ],
  [
    { command: 'x', stopSignal: 'SIGTRM' },
    '….stopSignal: Expected a signal of this machine such as SIGINT, found "SIGTRM". Did you mean "SIGTERM"?',
  ],
  [
    { command: 'x', restart: 'on-failur' },
    '….restart: Expected one of "no", "on-failure", "always", "unless-stopped", found "on-failur". Did you mean "on-failure"?',
  ],
  [{ command: 'x', maxRestarts: 0 }, '….maxRestarts: Expected a whole number from 1 on, found 0.'],
  [
    { command: 'x', stopGracePeriod: '3 s' },
    `….stopGracePeriod: Expected a duration such as '10s' or '1m30s', or milliseconds, found "3 s".`,
  ],
  [
    { command: 'x', backoff: { factor: 0.5 } },
    '….backoff.factor: Expected a number from 1 on, found 0.5.',
  ],
  [{ command: 'x', watch: 'src/**' }, '….watch: Expected a list of globs, found "src/**".'],
  [{ program: {} }, '….program.module: Expected a non-empty text, found nothing.'],
  [
    { program: { module: 'y', options: { now: new Date(0) } } },
    '….program.options: Expected a record of JSON values, found a record.',
  ],
])('%j is refused in plain words', async (fields, text) => {
  expect(await found(fields)).toEqual([text]);
});

test.each([
  [{ command: 'x', comand: 'y' }, '….comand: There is no such setting. Did you mean "command"?'],
  [{ command: 'x', enviroment: {} }, '….enviroment: … Did you mean "environment"?'],
  [{ command: 'x', stopGracePeroid: '1s' }, '….stopGracePeroid: … Did you mean "stopGracePeriod"?'],
  [{ command: 'x', backoff: { inital: '1s' } }, '….backoff.inital: … Did you mean "initial"?'],
  [{ program: { module: 'y', option: {} } }, '….program.option: … Did you mean "options"?'],
])('%j: a misspelt key is told with what was meant', async (fields, text) => {
  expect(await found(fields)).toEqual([text.replace(': … ', ': There is no such setting. ')]);
});

test('a misspelt kind is told with what was meant', async () => {
  expect(await problems(service({ run: { local: { kind: 'proces', command: 'x' } } }))).toEqual([
    'services.db.run.local.kind: Expected a kind of run that a plugin brings (container, process), found "proces". Did you mean "process"?',
  ]);
});
