import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configOf, createRepo, taskOf } from './run-main.ts';

const redis = { run: { kind: 'container', image: 'redis:7' } };

test('without a task the tasks are listed; --help and --version tell; no code of the repo runs', async () => {
  const mark = "import { writeFileSync } from 'node:fs'; writeFileSync('ran', 'x');";
  const repo = createRepo({
    'devservices.config.ts': `${mark} export default { tasks: { lint: 'oxlint' } };`,
    'tasks/seed.ts':
      mark +
      taskOf(
        'seed',
        '',
        "args: { size: { kind: 'option', value: 'N', description: 'How many' } },",
      ),
  });
  const listing = await repo.run();
  expect(listing.exitCode).toBe(0);
  expect(listing.stdout).toMatch(/lint .*oxlint/);
  expect(listing.stdout).toMatch(/seed .*A task of this test \(seed\.ts\)/);
  expect(listing.stdout).toMatch(/up .*Starts everything/);
  const help = await repo.run('seed', '--help');
  expect(help.stdout).toContain('--size N');
  expect(help.stdout).toContain('How many');
  const metadata = await repo.run('--help', '--json');
  expect(metadata.exitCode).toBe(0);
  const { tasks } = JSON.parse(metadata.stdout) as { tasks: { name: string; args: unknown }[] };
  expect(tasks.find(({ name }) => name === 'seed')?.args).toMatchObject({ size: { value: 'N' } });
  expect((await repo.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const unknown = await repo.run('sede', '--help');
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('Did you mean "seed"?');
  expect(existsSync(join(repo.root, 'ran'))).toBe(false);
  expect(existsSync('ran')).toBe(false);
});

test('up, status, logs, config and down, as people and as programs read them', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      services: { redis, app: { ...redis, dependsOn: ['redis'] } },
    }),
  });
  const up = await repo.run('up');
  expect(up).toMatchObject({ exitCode: 0 });
  expect(up.stdout).toMatch(/✔ {2}redis {2}ready {2}created/);
  expect(up.stdout).toContain('2 ready');

  const again = await repo.run('up', '--json');
  expect(again.json()[0]).toMatchObject({ event: 'task-started', task: 'up' });
  expect(again.json().at(-1)).toMatchObject({
    event: 'up-finished',
    ok: true,
    exitCode: 0,
    errors: [],
    services: { redis: { state: 'ready', action: 'unchanged' } },
  });
  expect(again.json().every(({ at }) => typeof at === 'string')).toBe(true);

  const status = await repo.run('status', '--json');
  expect(JSON.parse(status.stdout)).toMatchObject({ services: { app: { state: 'ready' } } });
  expect((await repo.run('status')).stdout).toMatch(/redis +ready/);

  repo.runner.writeLog('redis', 'hello from redis');
  expect((await repo.run('logs', 'redis')).stdout).toBe('redis | hello from redis\n');
  const logs = await repo.run('logs', '--json');
  expect(logs.json().map(({ event }) => event)).toEqual(
    expect.arrayContaining(['log', 'logs-finished']),
  );

  const one = await repo.run('config', 'services.redis.run.docker.image');
  expect(one).toMatchObject({ exitCode: 0, stdout: 'redis:7\n' });
  const down = await repo.run('down');
  expect(down.stdout).toMatch(/redis +stopped +removed/);
  expect(repo.runner.instances.size).toBe(0);

  const nothing = await repo.run('down');
  expect(nothing).toMatchObject({ exitCode: 0, stdout: '' });
  expect(nothing.stderr).toBe('Nothing to do: no service is there.\n');
  expect((await repo.run('down', '--quiet')).stderr).toBe('');
});

test('status says a state once', async () => {
  const plain = { run: redis.run };
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: { plain } }) });
  expect(await repo.run('up')).toMatchObject({ exitCode: 0 });
  expect((await repo.run('status')).stdout).toMatch(/^ {2}plain {2}ready {2}docker$/m);
});

test('a dry run shows what would be done and does nothing', async () => {
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: { redis } }) });
  const { stdout, exitCode } = await repo.run('up', '--dry-run');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/redis +would create/);
  expect(repo.runner.instances.size).toBe(0);
});

test('a failed up explains itself and exits 1', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      services: { db: redis, app: { ...redis, dependsOn: ['db'] }, other: redis },
    }),
  });
  repo.runner.writeLog('db', 'cannot open the database');
  repo.runner.exit('db', 3);
  const { exitCode, stdout, stderr } = await repo.run('up');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/✔ {2}other/);
  expect(stderr).toContain('exit code 3');
  expect(stderr).toContain('Skipped because of it: app');
  expect(stderr).toContain('DS_SERVICE_EXITED');
  expect(stderr).not.toContain('    at ');
});

test('--json ends with the task’s end, whatever is wrong', async () => {
  const repo = createRepo({ 'devservices.config.ts': 'export default { servces: {} };' });
  for (const [argv, event, code] of [
    [['up', '--json'], 'up-finished', 'DS_CONFIG_INVALID'],
    [['upp', '--json'], 'upp-finished', 'DS_CONFIG_INVALID'],
    [['up', '--json', '--set'], 'devservices-finished', 'DS_ARGUMENT_MISSING'],
    [['up', '--nope', '--json'], 'up-finished', 'DS_ARGUMENT_UNKNOWN'],
    [['--nope', '--json'], 'devservices-finished', 'DS_ARGUMENT_UNKNOWN'],
  ] as const) {
    const { exitCode, json } = await repo.run(...argv);
    expect(exitCode).toBe(2);
    expect(json().at(-1)).toMatchObject({
      event,
      ok: false,
      exitCode: 2,
      errors: [{ code, blame: 'user' }],
      services: {},
    });
  }
});

test('a question’s failure is one document', async () => {
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: {} }) });
  const { stdout, exitCode } = await repo.run('config', 'services.nope', '--json');
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, exitCode: 2 });
});

test('reset without a terminal needs --yes', async () => {
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: { redis } }) });
  await repo.run('up');
  const asked = await repo.run('reset');
  expect(asked.exitCode).toBe(2);
  expect(asked.stderr).toContain('Services: redis.');
  expect(asked.stderr).toContain('--yes');
  expect(repo.runner.instances.size).toBe(1);
  expect((await repo.run('reset', '--dry-run')).exitCode).toBe(0);
  expect(repo.runner.instances.size).toBe(1);
  expect((await repo.run('reset', '--yes')).exitCode).toBe(0);
  expect(repo.runner.instances.size).toBe(0);
});

test('--quiet says nothing where nothing is wrong', async () => {
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: { redis } }) });
  expect(await repo.run('up', '--quiet')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
});

test('warnings of ours are shown once each, those of Node to authors only', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/wait.ts': taskOf(
      'wait',
      "const gone = new Promise((go) => (globalThis.goOn = go)); log.info('waiting'); await gone;",
    ),
  });
  const { stderr } = await repo.watch(['wait'], (all) => {
    if (!all.endsWith('waiting\n')) return;
    const warn = (name: string, text: string, code?: string) =>
      repo.process.emit('warning', Object.assign(new Error(text), { name, code }));
    warn('ExperimentalWarning', 'of Node');
    warn('DeprecationWarning', 'of ours', 'DS_OLD');
    warn('DeprecationWarning', 'of ours', 'DS_OLD');
    (globalThis as unknown as { goOn(): void }).goOn();
  });
  expect(stderr.match(/of ours/g)).toHaveLength(1);
  expect(stderr).not.toContain('of Node');
});

test('a stack trace is for --verbose', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/broken.ts': taskOf(
      'broken',
      "throw new Error('out of luck', { cause: new Error('bad day') });",
    ),
  });
  const plain = await repo.run('broken');
  expect(plain).toMatchObject({ exitCode: 1 });
  expect(plain.stderr).toContain('The task broken failed: out of luck');
  expect(plain.stderr).not.toContain('    at ');
  const verbose = await repo.run('broken', '--verbose');
  expect(verbose.stderr).toContain('    at ');
  expect(verbose.stderr).toContain('bad day');
});

test('nobody reads any more: services come up all the same, and following a log ends', async () => {
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: { redis } }) });
  expect(await repo.runUnread('up')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(repo.runner.instances.get('redis')).toMatchObject({ status: 'running' });
  const talking = setInterval(() => repo.runner.writeLog('redis', 'more'), 5);
  const { exitCode, stderr } = await repo.runUnread('logs', '--follow');
  clearInterval(talking);
  expect({ exitCode, stderr }).toEqual({ exitCode: 141, stderr: '' });
});
