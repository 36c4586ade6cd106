import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, expectTypeOf, test } from 'vitest';
import { defineTask, isTask } from '../../../core/tasks/define-task.ts';

const library = resolve(import.meta.dirname, '../../..');
const tsx = createRequire(import.meta.url).resolve('tsx/cli');
let root = '';

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'devservices-test-')));
  mkdirSync(join(root, 'tasks'));
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(library, join(root, 'node_modules/devservices'));
  const task = (name: string, more: string, body: string) => `
    import { defineTask } from 'devservices'; ${more}
    console.log('loaded ${name}');
    export default defineTask(import.meta, { name: '${name}', description: '', run(context) {
      console.log('ran ${name}'); ${body} } });`;
  const files = {
    'package.json': '{"type":"module"}',
    'devservices.config.json': '{}',
    'tasks/one.ts': task('one', '', ''),
    'tasks/mail.ts': `
      import { defineTask } from 'devservices';
      export default defineTask(import.meta, { name: 'mail', description: 'Mails.', commands: {
        'box add': {
          description: 'Adds a box.',
          args: { name: { kind: 'positional', description: 'Its name', required: true } },
          run({ args }) { console.log('added ' + args.name); },
        },
      } });`,
    'tasks/two.ts': task('two', "import './one.ts';", "return context.run('one');"),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  mkdirSync(join(root, '.git'));
  symlinkSync(join(root, 'tasks/one.ts'), join(root, 'linked.ts'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function start(file: string, ...argv: string[]): Promise<string[]> {
  const env = {
    PATH: process.env['PATH'],
    HOME: root,
    XDG_STATE_HOME: join(root, '.state'),
    XDG_CACHE_HOME: join(root, '.cache'),
  };
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [tsx, file, ...argv],
      { cwd: root, env },
      (error, stdout, stderr) => {
        if (error) fail(new Error(stderr, { cause: error }));
        else done(stdout.trim().split('\n'));
      },
    );
  });
}

test.concurrent.each(['tasks/one.ts', 'tasks/one', './linked.ts'])(
  'a task file runs itself, once, when it is what was started: %s',
  async (file) => {
    expect(await start(file)).toEqual(['loaded one', 'ran one']);
  },
);

test.concurrent('a task that is imported by another runs when it is called, and only then', async () => {
  expect(await start('tasks/two.ts')).toEqual(['loaded one', 'loaded two', 'ran two', 'ran one']);
});

test.concurrent('a command of a file that was started is named behind it, and has its own help', async () => {
  expect(await start('tasks/mail.ts', 'box', '--verbose', 'add', 'in')).toEqual(['added in']);
  const help = await start('tasks/mail.ts', 'box', 'add', '--help');
  expect(help).toContain('Usage: devservices mail box add NAME [flags]');
  await expect(start('tasks/mail.ts', 'box', 'ad')).rejects.toThrow('Did you mean "box add"?');
});

test('in another program nothing runs; the task is known as one, and has typed arguments', () => {
  const task = defineTask(import.meta, {
    name: 'typed',
    description: 'For types',
    args: {
      size: { kind: 'option', value: 'N', number: true, description: '' },
      pull: { kind: 'option', value: 'W', choices: ['always', 'never'], description: '' },
      names: { kind: 'positional', many: true, description: '' },
      force: { kind: 'flag', description: '' },
    },
    run({ args, host }) {
      expectTypeOf(args.size).toEqualTypeOf<number | undefined>();
      expectTypeOf(args.pull).toEqualTypeOf<'always' | 'never' | undefined>();
      expectTypeOf(args.names).toEqualTypeOf<readonly string[]>();
      expectTypeOf(args.force).toEqualTypeOf<boolean>();
      expectTypeOf(host.root).toEqualTypeOf<string>();
      return { told: 7 };
    },
    render: (result) => result.told.toFixed(1),
  });
  expect(isTask(task)).toBe(true);
  expect(isTask({ ...task })).toBe(false);
  expect(task.source).toBe(import.meta.filename);
  defineTask(import.meta, {
    name: 'bare',
    description: '',
    // @ts-expect-error -- nothing was declared
    run: ({ args }) => args.nothing,
  });
});

test('each command has the types of its own arguments', () => {
  const task = defineTask(import.meta, {
    name: 'typed',
    description: 'For types',
    commands: {
      add: {
        description: '',
        args: {
          user: { kind: 'option', value: 'U', required: true, description: '' },
          how: { kind: 'option', value: 'W', choices: ['now', 'later'], description: '' },
          force: { kind: 'flag', description: '' },
        },
        async run({ args, host }) {
          expectTypeOf(args.user).toEqualTypeOf<string>();
          expectTypeOf(args.how).toEqualTypeOf<'now' | 'later' | undefined>();
          expectTypeOf(args.force).toEqualTypeOf<boolean>();
          expectTypeOf(host.root).toEqualTypeOf<string>();
          // @ts-expect-error -- an argument of the other command
          void args.names;
          return { told: 7 };
        },
        render: ({ told }: { told: number }) => told.toFixed(1),
        answers: ({ force }) => !force,
      },
      'users list': {
        description: '',
        args: { names: { kind: 'positional', many: true, description: '' } },
        run: ({ args }) => expectTypeOf(args.names).toEqualTypeOf<readonly string[]>(),
      },
      // @ts-expect-error -- nothing was declared
      bare: { description: '', run: ({ args }) => args.nothing },
    },
  });
  expect(isTask(task)).toBe(true);
  expect(Object.keys(task.commands)).toEqual(['add', 'users list', 'bare']);
  // @ts-expect-error -- either, not both
  defineTask(import.meta, { name: 'both', description: '', run() {}, commands: {} });
  // @ts-expect-error -- no such field
  defineTask(import.meta, {
    name: 'typo',
    description: '',
    commands: { add: { description: '', run() {}, arg: {} } },
  });
});
