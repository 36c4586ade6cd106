import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { configOf, createRepo, taskOf } from './run-main.ts';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s reaches every running task and its commands: exit %i', async (signal, status) => {
  const wait = `log.info('waiting'); await $\`trap 'echo ended >> ended; exit 1' INT TERM; echo x >> begun; sleep 60 & wait\`;`;
  const repo = createRepo({
    'devservices.config.ts': configOf({}),
    'tasks/app.ts': taskOf('app', "log.info('never');", "needs: ['left', 'right'],"),
    'tasks/left.ts': taskOf('left', wait),
    'tasks/right.ts': taskOf('right', wait),
  });
  const running = repo.watch(['app', '--json'], () => {});
  // The commands say by a file that they are there.
  const begun = join(repo.root, 'begun');
  await vi.waitFor(() => expect(readFileSync(begun, 'utf8')).toBe('x\nx\n'), {
    timeout: 10_000,
    interval: 20,
  });
  expect(repo.process.emit(signal)).toBe(true);
  const { exitCode, stderr, json } = await running;
  expect(exitCode).toBe(status);
  expect(stderr).not.toContain('never');
  expect(readFileSync(join(repo.root, 'ended'), 'utf8')).toBe('ended\nended\n');
  expect(json().at(-1)).toMatchObject({
    event: 'app-finished',
    exitCode: status,
    errors: [{ code: 'DS_TASK_INTERRUPTED' }],
  });
  expect(repo.exits).toEqual([]);
});

const deaf = {
  'devservices.config.ts': configOf({}),
  'tasks/deaf.ts': taskOf(
    'deaf',
    "const gone = new Promise((go) => (globalThis.deafGoOn = go)); log.info('deaf'); await gone;",
  ),
};
const deafGoOn = () => (globalThis as unknown as { deafGoOn(): void }).deafGoOn();

test('a second Ctrl-C gives what is cleared up a moment, and no more', async () => {
  const repo = createRepo(deaf);
  repo.onExit = deafGoOn;
  const { stderr } = await repo.watch(['deaf'], (all) => {
    if (!all.endsWith('deaf\n')) return;
    repo.process.emit('SIGINT');
    repo.process.emit('SIGINT');
    expect(repo.exits).toEqual([]);
  });
  expect(repo.exits).toEqual([130]);
  expect(stderr.match(/Stopping/g)).toHaveLength(1);
});

test('a second Ctrl-C changes nothing where the task is about to end', async () => {
  const repo = createRepo(deaf);
  const { exitCode } = await repo.watch(['deaf'], (all) => {
    if (!all.endsWith('deaf\n')) return;
    repo.process.emit('SIGINT');
    repo.process.emit('SIGINT');
    deafGoOn();
  });
  expect(exitCode).toBe(130);
  expect(repo.exits).toEqual([]);
});

test('a third Ctrl-C ends at once', async () => {
  const repo = createRepo(deaf);
  repo.onExit = deafGoOn;
  await repo.watch(['deaf'], (all) => {
    if (!all.endsWith('deaf\n')) return;
    for (let times = 0; times < 3; times += 1) repo.process.emit('SIGINT');
    expect(repo.exits).toEqual([130]);
  });
});

test('what a slow hook says while the configuration is made is shown at once, and Ctrl-C ends it', async () => {
  const repo = createRepo({
    'devservices.config.ts': `import { defineConfig, definePlugin } from 'devservices';
      const slow = definePlugin({ name: 'slow', setup({ hooks, log }) {
        hooks.configure.tap('slow', () => { log.info('is there'); return new Promise(() => {}); });
      } });
      export default defineConfig({ plugins: [slow], services: {} });`,
  });
  const { exitCode } = await repo.watch(['up'], (all) => {
    if (all.endsWith('is there\n')) repo.process.emit('SIGINT');
  });
  expect(exitCode).toBe(130);
});

test('Ctrl-C is the usual end of followed logs: nothing is told of it but the status', async () => {
  const db = { run: { kind: 'container', image: 'x' } };
  const repo = createRepo({ 'devservices.config.ts': configOf({ services: { db } }) });
  await repo.run('up');
  repo.runner.writeLog('db', 'hello');
  const { exitCode, stderr } = await repo.watch(['logs', '--follow'], (all) => {
    if (all.includes('hello')) repo.process.emit('SIGINT');
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' });
});
