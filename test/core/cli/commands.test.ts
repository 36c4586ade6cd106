import { expect, test } from 'vitest';
import { configOf, createRepo, taskOf } from './run-main.ts';

const mail = `
  import { defineTask } from 'devservices';
  export default defineTask(import.meta, {
    name: 'mail', description: 'Mails.', needs: ['first'],
    commands: {
      send: {
        description: 'Sends one.',
        args: {
          to: { kind: 'positional', description: 'To whom', required: true },
          copy: { kind: 'flag', description: 'Keeps a copy' },
        },
        run({ args }) { return { sent: args.to, copy: args.copy }; },
      },
      'box list': {
        description: 'Shows boxes.',
        args: { dry: { kind: 'flag', description: 'Only says so' } },
        run({ args }) { return { boxes: ['in'], dry: args.dry }; },
        render: ({ boxes }) => boxes.join(','),
        answers: ({ dry }) => !dry,
      },
      'box run': {
        description: 'Runs.', passesStatus: true,
        args: { command: { kind: 'rest', description: 'What', required: true } },
        run({ args }) { return { exitCode: args.command.length }; },
      },
      fail: { description: 'Fails.', run() { throw new Error('no mail today'); } },
    },
  });`;

const repoOf = (more: Readonly<Record<string, string>> = {}) =>
  createRepo({
    'devservices.config.ts': configOf({ services: {} }),
    'tasks/mail.ts': mail,
    'tasks/first.ts': taskOf('first', "log.info('first of all');"),
    ...more,
  });

test('the leading words choose the command; global flags may stand among them', async () => {
  const repo = repoOf();
  const sent = await repo.run('--quiet', 'mail', '--json', 'send', 'ann', '--copy');
  expect(sent.exitCode).toBe(0);
  expect(sent.json().at(0)).toMatchObject({ event: 'task-started', task: 'mail' });
  expect(sent.json().at(-1)).toMatchObject({
    event: 'mail-finished',
    ok: true,
    result: { sent: 'ann', copy: true },
  });
  expect(sent.stderr).toContain('first of all');
  const listed = await repo.run('mail', 'box', '--json', 'list');
  expect(JSON.parse(listed.stdout)).toEqual({ boxes: ['in'], dry: false });
  expect((await repo.run('mail', 'box', 'list')).stdout).toBe('in\n');
});

test('each command has its own kind: one answers or acts, one passes a status on', async () => {
  const repo = repoOf();
  const acted = await repo.run('mail', 'box', 'list', '--dry', '--json');
  expect(acted.json().at(-1)).toMatchObject({ event: 'mail-finished', result: { dry: true } });
  const passed = await repo.run('mail', 'box', 'run', '--json', '--', 'send', 'x', 'y');
  expect(passed.exitCode).toBe(3);
  expect(passed.stdout).toBe('');
  expect(passed.stderr).toContain('"event":"mail-finished"');
  expect(passed.stderr).not.toContain('"result"');
  expect((await repo.run('mail', 'box', 'run')).exitCode).toBe(125);
  expect((await repo.run('mail', 'send')).exitCode).toBe(2);
});

test.each([
  [['mail'], 'mail needs a command'],
  [['mail', 'sned', 'ann'], 'Did you mean "send"?'],
  [['mail', 'box'], 'There are: box list, box run.'],
  [['mail', '--', 'send', 'ann'], 'mail needs a command'],
  [['mail', '--copy', 'send', 'ann'], 'mail needs a command'],
])('%j names no command: nothing runs, exit 2', async (argv, text) => {
  const repo = repoOf();
  const plain = await repo.run(...argv);
  expect([plain.exitCode, plain.stderr]).toEqual([2, expect.stringContaining(text)]);
  expect(plain.stderr).not.toContain('first of all');
  const [task = '', ...words] = argv;
  const json = await repo.run(task, '--json', ...words);
  expect(json.exitCode).toBe(2);
  expect(json.json().at(-1)).toMatchObject({
    event: 'mail-finished',
    ok: false,
    errors: [{ code: 'DS_TASK_COMMAND_UNKNOWN', blame: 'user' }],
  });
});

test('what is wrong with an argument is told of the command, and its help shows it', async () => {
  const repo = repoOf();
  const { stderr } = await repo.run('mail', 'send', 'ann', '--cpoy');
  expect(stderr).toContain('mail send has no option --cpoy. Did you mean "--copy"?');
  expect(stderr).toContain('`devservices mail send --help`');
  expect((await repo.run('mail', 'send')).stderr).toContain('mail send needs TO');
  expect((await repo.run('mail', 'fail')).stderr).toContain('The task mail fail failed: no mail');
});

test('other tasks run a command by its words, and may need one', async () => {
  const repo = repoOf({
    'tasks/a.ts': taskOf(
      'a',
      "log.info(JSON.stringify(await run('mail send', { to: 'bob' }))); return run('mail box list');",
    ),
    'tasks/b.ts': taskOf('b', '', "needs: ['mail box list'],"),
    'tasks/c.ts': taskOf('c', "await run('mail sned', { to: 'bob' });"),
    'tasks/d.ts': taskOf('d', '', "needs: ['mail'],"),
    'tasks/e.ts': taskOf('e', "await run('first mail');"),
    'tasks/f.ts': taskOf('f', "await run('mail send bob');"),
  });
  const a = await repo.run('a', '--json');
  expect(a.stderr).toContain('{"sent":"bob","copy":false}');
  expect(a.json().at(-1)).toMatchObject({ event: 'a-finished', result: { boxes: ['in'] } });
  expect((await repo.run('b')).exitCode).toBe(0);
  for (const [name, text] of [
    ['c', 'mail has no command "sned". Did you mean "send"?'],
    ['d', 'mail needs a command, which d needs.'],
    ['e', 'There is no task "first mail".'],
    ['f', 'mail has no command "send bob".'],
  ] as const) {
    const ended = await repo.run(name);
    expect([ended.exitCode, ended.stderr]).toEqual([2, expect.stringContaining(text)]);
  }
});

test('help lists the commands, those of a group, and shows one, without running the file', async () => {
  const repo = repoOf({ 'tasks/mail.ts': `${mail} throw new Error('it was run');` });
  expect((await repo.run('mail', 'send', 'ann')).stderr).toContain('it was run');
  const all = await repo.run('mail', '--help');
  expect(all.stdout).toContain('Usage: devservices mail COMMAND [arguments]');
  expect(all.stdout).toMatch(/box list +Shows boxes\./);
  expect(all.stdout).toContain('Runs first: first');
  const group = await repo.run('mail', 'box', '--help');
  expect(group.stdout).toMatch(/\n {2}list +Shows boxes\./);
  expect(group.stdout).not.toContain('Sends one.');
  const one = await repo.run('mail', 'send', 'ann', '--help');
  expect(one.stdout).toContain('mail send: Sends one.');
  expect(one.stdout).toContain('Usage: devservices mail send TO [flags]');
  const passing = await repo.run('mail', '--help', 'box', 'run');
  expect(passing.stdout).toContain('Exit status');
  const unknown = await repo.run('mail', 'bxo', '--help');
  expect([unknown.exitCode, unknown.stderr]).toEqual([2, expect.stringContaining('"box"')]);
  const json = JSON.parse((await repo.run('mail', 'box', 'list', '--help', '--json')).stdout);
  expect(json).toMatchObject({ name: 'mail box list', isQuery: true, needs: ['first'] });
  expect(json).not.toHaveProperty('commands');
  expect((await repo.run()).stdout).toMatch(/mail +Mails\./);
});

test('a plugin brings commands as well; help knows them once they were seen', async () => {
  const plugin = `
    import { definePlugin } from 'devservices';
    export const post = definePlugin({ name: 'post', setup: ({ task }) => task({
      name: 'post', description: 'Letters.',
      commands: { send: { description: 'Sends one.', run: () => ({ stamps: 1 }) } },
    }) });`;
  const repo = createRepo({
    'devservices.config.json': JSON.stringify({ plugins: ['./post.ts'] }),
    'post.ts': plugin,
  });
  const sent = await repo.run('post', 'send', '--json');
  expect(sent.json().at(-1)).toMatchObject({ event: 'post-finished', result: { stamps: 1 } });
  expect((await repo.run('post', '--help')).stdout).toMatch(/send +Sends one\./);
});

test.each([
  ['commands: {}', 'no command in commands'],
  ["commands: { 'Send it': { description: '', run() {} } }", 'the command "Send it"'],
  ["commands: { 'a  b': { description: '', run() {} } }", 'single spaces'],
  ["commands: { a: { description: '', run() {} } }, run() {}", 'both run and commands'],
  ["commands: { a: { description: '', run() {} } }, args: {}", 'each of its commands has its own'],
  ["commands: { a: { description: '' } }", 'the task mail a no run function'],
  ['commands: { a: { run() {} } }', 'mail a no description'],
  ['commands: { a: null }', 'a command a that is no object'],
  [
    "commands: { a: { description: '', run() {}, args: { json: { kind: 'flag' } } } }",
    'which every task has already',
  ],
])('%s is refused', async (fields, text) => {
  const repo = repoOf({
    'tasks/mail.ts': `import { defineTask } from 'devservices';
      export default defineTask(import.meta, { name: 'mail', description: '', ${fields} });`,
  });
  const { exitCode, stderr } = await repo.run('mail', 'a');
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(text)]);
  expect(stderr).toContain('DS_TASK_INVALID');
});
