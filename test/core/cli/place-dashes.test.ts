import { expect, test } from 'vitest';
import { placeDashes } from '../../../core/cli/place-dashes.ts';
import type { ArgumentSpec } from '../../../core/task-spec.ts';

const spec: ArgumentSpec = {
  service: { kind: 'positional', required: true, description: '' },
  user: { kind: 'option', value: 'USER', description: '' },
  noTty: { kind: 'flag', description: '' },
  command: { kind: 'rest', required: true, description: '' },
};

test.each([
  ['redis redis-cli', 'exec redis -- redis-cli'],
  ['redis redis-cli -n 3', 'exec redis -- redis-cli -n 3'],
  ['--user me redis ls', 'exec --user me redis -- ls'],
  ['--user=me --no-tty redis ls --no-tty', 'exec --user=me --no-tty redis -- ls --no-tty'],
  ['redis --user me ls', 'exec redis --user me -- ls'],
  ['redis -it', 'exec redis -- -it'],
])('%s', (line, meant) => {
  expect(placeDashes('exec', spec, line.split(' '))).toBe(`devservices ${meant}`);
});

test.each(['', 'redis', 'redis -- ls', '--user me', '--user me redis', '-x redis'])(
  '"%s" is something else',
  (line) => {
    expect(placeDashes('exec', spec, line.split(' ').filter(Boolean))).toBeUndefined();
  },
);

test('a word that a shell would take apart is quoted', () => {
  expect(placeDashes('exec', spec, ['db', 'psql', '-c', "select 'a b'"])).toBe(
    "devservices exec db -- psql -c 'select '\\''a b'\\'''",
  );
});

test('a task that takes no command has no place for it', () => {
  expect(placeDashes('up', {}, ['redis'])).toBeUndefined();
});
