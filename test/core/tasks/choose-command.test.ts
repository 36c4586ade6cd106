import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isDevServicesError } from '../../../core/errors/error.ts';
import { matchCommand, unknownCommand } from '../../../core/tasks/choose-command.ts';

const known = ['add', 'list', 'users', 'users add', 'users set', 'audit log show'];

test.each([
  ['add', 'add', []],
  ['add ann', 'add', ['ann']],
  ['users add ann --email x', 'users add', ['ann', '--email', 'x']],
  ['users ann', 'users', ['ann']],
  ['users --all add', 'users', ['--all', 'add']],
  ['audit log show', 'audit log show', []],
  ['add -- users add', 'add', ['--', 'users', 'add']],
])('%s is the command %s', (line, command, rest) => {
  expect(matchCommand(known, line.split(' '))).toMatchObject({ command, rest });
});

test.each([[''], ['--force add'], ['-- add'], ['Add'], ['audit'], ['audit log'], ['constructor']])(
  'no command is named by "%s"',
  (line) => {
    expect(matchCommand(known, line === '' ? [] : line.split(' ')).command).toBeUndefined();
  },
);

test('a value that has a space in it is no pair of words', () => {
  expect(matchCommand(known, ['users add'])).toEqual({ group: '', rest: ['users add'] });
  expect(matchCommand(known, ['users', 'set x'])).toMatchObject({ command: 'users' });
});

test('the longest command wins, and what is left is the rest of the line, whatever it is', () => {
  const word = fc.constantFrom('add', 'users', 'set', 'audit', 'log', 'show', 'ann', '--x', '--');
  fc.assert(
    fc.property(fc.array(word, { maxLength: 6 }), (line) => {
      const { command, rest } = matchCommand(known, line);
      if (command === undefined) return;
      const count = command.split(' ').length;
      expect([...command.split(' '), ...rest]).toEqual(line);
      const longer = known.filter((name) => name.split(' ').length > count);
      expect(longer.some((name) => line.join(' ').startsWith(name))).toBe(false);
    }),
  );
});

const tell = (line: string, among = known) => {
  const words = line === '' ? [] : line.split(' ');
  const error = unknownCommand('permissions', among, { line: words });
  return isDevServicesError(error) ? error : undefined;
};

test.each([
  ['', 'permissions needs a command. There are: add, list,'],
  ['ad', 'permissions has no command "ad". Did you mean "add"?'],
  ['user add', 'permissions has no command "user". Did you mean "users add"?'],
  ['usres', 'Did you mean "users"?'],
  ['audit', 'permissions audit needs a command. There are: audit log show.'],
  ['audit log shwo', 'permissions audit log has no command "shwo". Did you mean "audit log show"?'],
  ['--force', 'permissions needs a command.'],
])('of "%s" it is told: %s', (line, text) => {
  expect(tell(line)?.message).toContain(text);
  expect(tell(line)).toMatchObject({ code: 'DS_TASK_COMMAND_UNKNOWN', blame: 'user' });
});

test('nothing is suggested that is not meant, and the hint leads to the help of that group', () => {
  expect(tell('xyzzy')?.message).not.toContain('Did you mean');
  expect(tell('audit log')?.hint).toContain('`devservices permissions audit log --help`');
});
