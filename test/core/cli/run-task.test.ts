import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { configOf, createRepo, taskOf } from './run-main.ts';

const redis = {
  run: { kind: 'container', image: 'redis:7' },
  exports: { REDIS_URL: 'redis://here' },
};

/** Lets a configuration file, which is loaded from disk, have an object of this test. */
function share(name: string, value: unknown): string {
  Object.assign(globalThis, { [name]: value });
  return `globalThis[${JSON.stringify(name)}]`;
}

test('a small task of the configuration runs its command; its status is the task’s', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      tasks: {
        ok: 'echo "$REDIS_URL" > told; pwd >> told',
        seven: { command: 'echo seven; exit 7', needs: ['ok'] },
        ends: 'kill -TERM $$',
        after: { command: 'echo never > never', needs: ['seven'] },
        args: 'printf "%s|" > args',
      },
      services: { redis },
    }),
  });
  const seven = await repo.run('seven', '--json');
  expect(seven.exitCode).toBe(7);
  expect(seven.json().at(-1)).toMatchObject({
    event: 'seven-finished',
    exitCode: 7,
    errors: [{ code: 'DS_TASK_COMMAND_FAILED', exitCode: 7 }],
  });
  expect(readFileSync(join(repo.root, 'told'), 'utf8')).toBe(`redis://here\n${repo.root}\n`);
  expect((await repo.run('ends')).exitCode).toBe(143);
  const after = await repo.run('after');
  expect(after.exitCode).toBe(7);
  expect(after.stderr).toContain('seven: seven');
  expect(after.stderr).toContain('after was not run, because seven failed');
  expect(existsSync(join(repo.root, 'never'))).toBe(false);
});

test('a repo’s task stands in for a built-in one and says so; it calls others and gets results', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({ services: { redis } }),
    'tasks/status.ts': taskOf(
      'status',
      `const { services } = await run('up', { services: ['redis'] });
       const url = (await $\`printf %s $REDIS_URL\`).stdout;
       log.info(services.redis.state + ' ' + url + ' ' + args.deep);`,
      "args: { deep: { kind: 'flag', description: 'x' } },",
    ),
  });
  const { exitCode, stderr, stdout } = await repo.run('status', '--deep');
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(/tasks\/status\.ts stands in for the built-in task "status"/);
  expect(stderr).toContain('ready redis://here true');
  expect(stdout).toMatch(/redis +ready/);
});

test('a call with arguments that do not fit is refused as on the command line', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/a.ts': taskOf('a', "await run('up', { recraete: true });"),
    'tasks/b.ts': taskOf('b', "await run('up', { waitTimeout: 'soon' });"),
    'tasks/c.ts': taskOf('c', "await run('nope');"),
    'tasks/d.ts': taskOf('d', "await run('d');"),
  });
  expect((await repo.run('a')).stderr).toContain('DS_ARGUMENT_UNKNOWN');
  expect((await repo.run('b')).stderr).toContain('DS_ARGUMENT_INVALID');
  expect((await repo.run('c')).stderr).toContain('DS_TASK_UNKNOWN');
  const ring = await repo.run('d');
  expect(ring.stderr).toContain('d → d');
  expect(ring.exitCode).toBe(2);
});

test('what is wrong with a task’s file is said with the file’s name', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/throws.ts': `import { defineTask } from 'devservices'; null.x;
      export default defineTask(import.meta, { name: 'throws', description: '', run() {} });`,
    'tasks/plain.ts': "import 'devservices'; export default make(); function make() { return 7; }",
    'tasks/reserved.ts': taskOf(
      'reserved',
      '',
      "args: { json: { kind: 'flag', description: '' } },",
    ),
  });
  const throwing = await repo.run('throws');
  expect(throwing.exitCode).toBe(2);
  expect(throwing.stderr).toContain('tasks/throws.ts');
  expect((await repo.run('plain')).stderr).toMatch(/tasks\/plain\.ts does not export a task/);
  const reserved = await repo.run('reserved');
  expect(reserved.stderr).toContain('has the argument json, which every task has already');
  expect(reserved.exitCode).toBe(2);
});

test('a plugin’s task: run with what it declared, blamed on the plugin, listed after it was seen', async () => {
  const plugin = definePlugin({
    name: 'mail',
    setup(ctx) {
      ctx.task({
        name: 'send',
        description: 'Sends',
        permissions: { run: ['echo'] },
        run: async ({ $ }) => {
          if ((await $`echo ${'fine'}`.text()).trim() !== 'fine') throw new Error('not fine');
          await $`ls`;
        },
      });
      ctx.task({ name: 'fail', description: 'Fails', run: () => Promise.reject(new Error('no')) });
    },
  });
  const repo = createRepo({
    'devservices.config.ts': `export default { plugins: [${share('devservices-test-mail', plugin)}] };`,
  });
  const sent = await repo.run('send');
  expect(sent.exitCode).toBe(4);
  expect(sent.stderr).toContain('The task send used the command ls, but declares only run: echo');
  const failed = await repo.run('fail');
  expect(failed.exitCode).toBe(4);
  expect(failed.stderr).toContain('The plugin mail failed in the task fail: no');
  expect((await repo.run()).stdout).toMatch(/send +Sends \(mail\)/);
  const list = await repo.run('--help', '--json');
  const { tasks } = JSON.parse(list.stdout) as { tasks: { name: string; origin: string }[] };
  expect(tasks.find(({ name }) => name === 'send')).toMatchObject({ origin: 'plugin' });
});

test('the configuration’s permissions narrow what the repo’s own tasks may run', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      permissions: { run: ['echo'] },
      tasks: { fine: 'echo fine', other: 'ls', both: 'echo a && ls' },
    }),
    'tasks/own.ts': taskOf('own', 'await $`echo a`; await $`ls`;'),
  });
  expect((await repo.run('fine')).exitCode).toBe(0);
  for (const name of ['other', 'both', 'own']) {
    expect(await repo.run(name)).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('DS_PERMISSION_DENIED') as unknown,
    });
  }
});

test('what nobody catches is blamed on the task that ran, and ends it', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/loose.ts': taskOf(
      'loose',
      `const ended = new Promise((_, no) => signal.addEventListener('abort', no));
       log.info('loose'); await ended;`,
    ),
  });
  const { exitCode, stderr } = await repo.watch(['loose'], (all) => {
    if (all.endsWith('loose\n')) repo.process.emit('uncaughtException', new Error('astray'));
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('The task loose failed: astray');
});

test('what a later task did with a service is told, also when it fails', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({ services: { redis } }),
    'tasks/round.ts': taskOf('round', "await run('up'); await run('down');"),
  });
  repo.runner.failOn('remove redis', new Error('stuck'));
  const round = await repo.run('round', '--json');
  expect(round.json().at(-1)).toMatchObject({
    event: 'round-finished',
    ok: false,
    services: { redis: { state: 'failed', action: 'failed' } },
  });
});
