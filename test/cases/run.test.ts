import { chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { startOnTerminal, startTask, taskVariables } from '../rig/live-task.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a command with what it needs', async () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const [sql] = await freePorts(1);
  const postgres = {
    run: {
      kind: 'container',
      image: engine.images.postgres,
      environment: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
    },
    ports: { sql: { container: 5432, host: sql } },
    exports: { DATABASE_URL: 'postgres://postgres@{address.sql}/postgres' },
  };
  const idle = {
    run: { kind: 'container', image: engine.images.tools, command: ['sleep', '1000'], init: true },
    exports: { IDLE: 'yes' },
  };
  const configure = (services: object) =>
    checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
  const run = (args: readonly string[], options = {}) => checkout.task('run', args, options);
  const place = () => ({ cwd: checkout.root, env: checkout.env });
  const pg = pathToFileURL(createRequire(import.meta.url).resolve('pg')).href;
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('with nothing running, services come up and the command reaches them by its environment', async () => {
    configure({ postgres, idle });
    checkout.write({
      'query.mjs': `import pg from ${JSON.stringify(pg)};
        const client = new pg.Client(process.env.DATABASE_URL);
        await client.connect();
        console.log((await client.query('select 6 * 7 as answer')).rows[0].answer);
        await client.end();
        process.exitCode = 3;`,
    });
    const command = ['--', process.execPath, 'query.mjs'];
    // What the shell had before may be another checkout's.
    const ran = await run(command, { env: { DATABASE_URL: 'postgres://elsewhere' } });
    expect(ran).toMatchObject({ exitCode: 3, stdout: '42\n' });
    expect(ran.stderr).toContain('postgres: ready');
  });

  test('a second one leaves all as it is, and services stay up after it', async () => {
    const before = await checkout.containers();
    expect(Object.keys(before).toSorted()).toEqual(['idle', 'postgres']);
    const { exitCode, stdout, stderr } = await run(['--json', '--', 'sh', '-c', 'pwd; exit 4']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: `${checkout.root}\n` });
    const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as object;
    expect(last).toMatchObject({
      event: 'run-finished',
      ok: false,
      exitCode: 4,
      errors: [],
      services: { postgres: { action: 'unchanged' }, idle: { action: 'unchanged' } },
    });
    expect(await checkout.containers()).toEqual(before);
  });

  test('the checkout is free while the command runs', async () => {
    const waiting = startTask('run', ['--', 'sh', '-c', 'echo go; cat; exit 5'], place());
    await waiting.said('go');
    const up = await checkout.task('up', ['--json']);
    expect(up.exitCode).toBe(0);
    expect(up.stderr).not.toContain('Waiting for');
    waiting.write('done\n');
    waiting.kill('SIGTERM');
    // `sh` ends by the signal, as it would have without us.
    expect((await waiting.ended).exitCode).toBe(143);
  });

  test('SIGTERM reaches the command once, and its own status counts', async () => {
    const script = "trap 'echo got; exit 9' TERM; echo go; while :; do read line; done";
    const waiting = startTask('run', ['--', 'sh', '-c', script], place());
    await waiting.said('go');
    waiting.kill('SIGTERM');
    expect(await waiting.ended).toMatchObject({ exitCode: 9, stdout: 'go\ngot\n' });
  });

  test('on a terminal Ctrl-C is the command’s, once', async () => {
    const words = `${taskVariables.NODE} --import ${taskVariables.TSX} ${taskVariables.TASKS}/run.ts`;
    const script =
      'trap "echo got; n=\\$((n + 1))" INT; n=0; echo go; read x; read x; exit $((n + 7))';
    const terminal = startOnTerminal(`${words} -- sh -c '${script}'; echo "status $?"`, place());
    await terminal.said('go');
    terminal.write('\u0003');
    await terminal.said('got');
    terminal.write('x\nx\n');
    expect((await terminal.ended).stdout).toContain('status 8');
  });

  test('127 for a program that is not there, 126 for one that cannot be run, 128 + n for a signal', async () => {
    checkout.write({ 'plain.txt': 'no program' });
    expect((await run(['--', 'no-such-program'])).exitCode).toBe(127);
    expect((await run(['--', './plain.txt'])).exitCode).toBe(126);
    expect((await run(['--', 'sh', '-c', 'kill -KILL $$'])).exitCode).toBe(137);
    expect((await run(['true'])).stderr).toContain('`devservices run -- true`');
  });

  test('programs of the repo’s packages are found, the nearest first', async () => {
    const bins = { 'node_modules/.bin/hello': 'root', 'web/node_modules/.bin/hello': 'web' };
    for (const [file, word] of Object.entries(bins)) {
      checkout.write({ [file]: `#!/bin/sh\necho ${word}\n` });
      chmodSync(join(checkout.root, file), 0o755);
    }
    const from = async (folder: string) =>
      (await run(['--', 'hello'], { cwd: join(checkout.root, folder) })).stdout;
    expect(await from('.')).toBe('root\n');
    expect(await from('web')).toBe('web\n');
  });

  test('--service and --exclude say what is started and what is known; --no-up only says what is away', async () => {
    await checkout.task('down');
    const show = ['--', 'sh', '-c', 'echo "${DATABASE_URL:-none} ${IDLE:-none}"'];
    const only = await run(['--service', 'idle', ...show]);
    expect(only).toMatchObject({ exitCode: 0, stdout: 'none yes\n' });
    expect(Object.keys(await checkout.containers())).toEqual(['idle']);
    const without = await run(['--exclude', 'postgres', ...show]);
    expect(without.stdout).toBe('none yes\n');
    const noUp = await run(['--no-up', ...show]);
    expect(noUp).toMatchObject({
      exitCode: 0,
      stdout: `postgres://postgres@127.0.0.1:${sql}/postgres yes\n`,
    });
    expect(noUp.stderr).toBe('! Not running: postgres.\n');
    expect(Object.keys(await checkout.containers())).toEqual(['idle']);
  });

  test('where `up` fails, the command is not run, the failure is explained, and the status is 125', async () => {
    configure({
      idle,
      broken: {
        run: { ...idle.run, command: ['sh', '-c', 'echo no luck; exit 1'] },
        ready: { kind: 'command', command: ['true'] },
      },
    });
    const { exitCode, stdout, stderr } = await run(['--', 'echo', 'never']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain('DS_SERVICE_EXITED');
    expect(stderr).toContain('no luck');
  });
});
