import { expect, test, vi } from 'vitest';
import type { AttachedCommand } from '../../core/run/runner.ts';
import { configOf, createRepo } from '../core/cli/run-main.ts';

const services = { redis: { run: { kind: 'container', image: 'redis:7' } } };

async function createRunningRepo() {
  const repo = createRepo({ 'devservices.config.ts': configOf({ services }) });
  await repo.run('up');
  return repo;
}

test('the command is passed on with all that was said of it, and its status back', async () => {
  const repo = await createRunningRepo();
  const asked: AttachedCommand[] = [];
  repo.runner.setAttached('redis', (command) => {
    asked.push(command);
    command.stdout.write('its own\n');
    command.stderr.write('its error\n');
    return 42;
  });
  const options = ['--user', 'nobody', '--workdir', '/data', '--env', 'A=1', '--env', 'B=x=y z'];
  const ran = await repo.run('exec', ...options, 'redis', '--', 'redis-cli', '--json', '--', 'x');
  expect(ran).toMatchObject({ exitCode: 42, stdout: 'its own\n', stderr: 'its error\n' });
  expect(asked).toEqual([
    expect.objectContaining({
      command: ['redis-cli', '--json', '--', 'x'],
      environment: { A: '1', B: 'x=y z' },
      user: 'nobody',
      workingDir: '/data',
    }),
  ]);
  expect(asked[0]).not.toHaveProperty('terminal');
});

test('without what it needs it ends with 125, a suggestion or what to do', async () => {
  const repo = await createRunningRepo();
  repo.runner.setAttached('redis', () => 0);
  for (const [argv, ...texts] of [
    [['reddis', '--', 'ls'], 'Did you mean "redis"', 'DS_SERVICE_UNKNOWN'],
    [['redis'], 'exec needs -- COMMAND…'],
    [['redis', 'redis-cli', '-n', '3'], '`devservices exec redis -- redis-cli -n 3`'],
    [['--env', 'A', 'redis', '--', 'ls'], '--env takes NAME=VALUE'],
  ] as const) {
    const { exitCode, stdout, stderr } = await repo.run('exec', ...argv);
    expect({ argv, exitCode, stdout }).toEqual({ argv, exitCode: 125, stdout: '' });
    for (const text of texts) expect(stderr).toContain(text);
  }
  repo.runner.change('redis', { status: 'exited' });
  const stopped = await repo.run('exec', 'redis', '--', 'ls');
  expect(stopped.exitCode).toBe(125);
  expect(stopped.stderr).toContain('redis does not run (exited)');
  expect(stopped.stderr).toContain('`devservices up redis`');
});

test('a configuration that is broken meanwhile keeps nobody out', async () => {
  const repo = await createRunningRepo();
  repo.runner.setAttached('redis', () => 3);
  repo.write({ 'devservices.local.ts': 'export default { services: 7 };' });
  const { exitCode, stdout, stderr } = await repo.run('exec', 'redis', '--', 'ls');
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain('the configuration is broken');
});

test('a runner that cannot do it is said', async () => {
  const repo = await createRunningRepo();
  delete repo.runner.execAttached;
  const { exitCode, stderr } = await repo.run('exec', 'redis', '--', 'ls');
  expect(exitCode).toBe(125);
  expect(stderr).toContain('DS_SERVICE_NO_INSIDE');
});

test('signals are the command’s while it runs, and ours before', async () => {
  const repo = await createRunningRepo();
  const heard: string[] = [];
  repo.runner.setAttached('redis', (command) => {
    const leave = command.onSignal?.((name) => void heard.push(name));
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGINT']) repo.process.emit(name);
    leave?.();
    return 0;
  });
  expect((await repo.run('exec', 'redis', '--', 'ls')).exitCode).toBe(0);
  expect(heard).toEqual(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGINT']);
  expect(repo.exits).toEqual([]);
  const goOn = repo.runner.holdOn('observe');
  const seen = repo.runner.calls.length;
  const held = repo.run('exec', 'redis', '--', 'ls');
  await vi.waitFor(() => expect(repo.runner.calls.slice(seen)).toEqual(['observe']), {
    timeout: 10_000,
  });
  repo.process.emit('SIGINT');
  expect((await held).exitCode).toBe(130);
  goOn();
});
