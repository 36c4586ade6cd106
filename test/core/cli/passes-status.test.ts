import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { DevServicesEvent } from '../../../core/events.ts';
import { configOf, createRepo, taskOf } from './run-main.ts';

const passing = (name: string, body: string, more = '') =>
  taskOf(name, body, `passesStatus: true, ${more}`);

const jsonLines = (text: string) =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as DevServicesEvent);

test('the status that the task gives is the process’s; stdout has nothing of ours', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      services: { db: { run: { kind: 'container', image: 'x' } } },
    }),
    'tasks/app.ts': passing(
      'app',
      "log.info('said'); await run('up'); foreground.take(() => {}).stdout.write('its own'); return { exitCode: 7 };",
    ),
  });
  const text = await repo.run('app');
  expect(text).toMatchObject({ exitCode: 7, stdout: 'its own' });
  expect(text.stderr).toMatch(/^said\n/);
  expect(text.stderr).toContain('db: ready');
  const json = await repo.run('app', '--json');
  expect(json).toMatchObject({ exitCode: 7, stdout: 'its own' });
  const events = jsonLines(json.stderr);
  expect(events).toContainEqual(expect.objectContaining({ event: 'message', text: 'said' }));
  expect(events.at(-1)).toMatchObject({
    event: 'app-finished',
    ok: false,
    exitCode: 7,
    errors: [],
    services: { db: { state: 'ready' } },
  });
});

test('every failure of ours is 125, told on stderr', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      services: { db: { run: { kind: 'container', image: 'x' } } },
    }),
    'tasks/bad.ts': taskOf('bad', "throw new Error('no luck');"),
    'tasks/throws.ts': passing('throws', "throw new Error('oh');"),
    'tasks/needy.ts': passing('needy', 'return { exitCode: 0 };', "needs: ['bad'],"),
    'tasks/odd.ts': passing('odd', 'return { exitCode: 256 };'),
    'tasks/failing.ts': passing('failing', "return run('up');"),
  });
  repo.runner.exit('db', 1);
  for (const [argv, code] of [
    [['throws'], 'DS_TASK_THREW'],
    [['throws', '--nope'], 'DS_ARGUMENT_UNKNOWN'],
    [['needy'], 'DS_TASK_THREW'],
    [['odd'], 'DS_TASK_INVALID'],
    [['failing'], 'DS_SERVICE_EXITED'],
  ] as const) {
    const { exitCode, stdout, stderr } = await repo.run(...argv);
    expect({ argv, exitCode, stdout }).toEqual({ argv, exitCode: 125, stdout: '' });
    expect(stderr).toContain(code);
  }
  const json = await repo.run('throws', '--json');
  expect(json.stdout).toBe('');
  expect(jsonLines(json.stderr).at(-1)).toMatchObject({
    event: 'throws-finished',
    exitCode: 125,
    errors: [{ code: 'DS_TASK_THREW' }],
  });
});

test('a program runs on the caller’s streams: its status, 128 + n, 126 and 127', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/app.ts': passing(
      'app',
      'return { exitCode: await foreground.run(args.command, { cwd: host.root, env: { PATH: process.env.PATH, MARK: "m" } }) };',
      "args: { command: { kind: 'rest', description: 'x', required: true } },",
    ),
  });
  writeFileSync(join(repo.root, 'plain.txt'), 'not a program');
  writeFileSync(join(repo.root, 'locked'), '#!/bin/sh\n');
  chmodSync(join(repo.root, 'locked'), 0o600);
  const app = (...command: string[]) => repo.run('app', '--', ...command);
  expect(await app('sh', '-c', 'printf %s "$MARK$0"; printf e >&2; exit 3', '$x')).toMatchObject({
    exitCode: 3,
    stdout: 'm$x',
    stderr: 'e',
  });
  expect((await app('sh', '-c', 'kill -KILL $$')).exitCode).toBe(137);
  const missing = await app('no-such-program');
  expect(missing).toMatchObject({ exitCode: 127, stdout: '' });
  expect(missing.stderr).toContain('There is no command "no-such-program"');
  const locked = await app('./locked');
  expect(locked).toMatchObject({ exitCode: 126, stdout: '' });
  expect(locked.stderr).toContain('DS_COMMAND_NOT_EXECUTABLE');
  // Both are refused before there is a process.
  expect((await app('')).exitCode).toBe(127);
  const long = await app('true', 'x'.repeat(1 << 20));
  expect(long).toMatchObject({ exitCode: 126, stdout: '' });
  expect(long.stderr).toContain('DS_COMMAND_NOT_EXECUTABLE');
  expect(repo.process.listenerCount('SIGHUP')).toBe(0);
});

test('SIGTERM goes to the program once, and the second ends it', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/app.ts': passing(
      'app',
      `return { exitCode: await foreground.run(
        ['sh', '-c', 'trap "echo got >> got" TERM; echo up >> up; while :; do read line; done'],
        { cwd: host.root, env: process.env }) };`,
    ),
  });
  const has = (file: string, text: string) =>
    vi.waitFor(() => expect(readFileSync(join(repo.root, file), 'utf8')).toBe(text), {
      timeout: 10_000,
      interval: 20,
    });
  const running = repo.run('app');
  await has('up', 'up\n');
  repo.process.emit('SIGTERM');
  await has('got', 'got\n');
  repo.process.emit('SIGTERM');
  expect((await running).exitCode).toBe(137);
  expect(repo.exits).toEqual([]);
  expect(['SIGTERM', 'SIGHUP', 'SIGQUIT'].flatMap((name) => repo.process.listeners(name))).toEqual(
    [],
  );
});

test('Ctrl-C before the command runs is an interruption like any other', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/app.ts': passing(
      'app',
      "log.info('before'); await new Promise(setImmediate); return { exitCode: await foreground.run(['false'], { cwd: '/', env: {} }) };",
    ),
  });
  const ended = await repo.watch(['app'], (all) => {
    if (all.endsWith('before\n')) repo.process.emit('SIGINT');
  });
  expect(ended.exitCode).toBe(130);
});

test('help says what the status means', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/app.ts': passing('app', 'return { exitCode: 0 };'),
  });
  expect((await repo.run('app', '--help')).stdout).toMatch(
    /Exit status\n {2}The command's own; 125/,
  );
});
