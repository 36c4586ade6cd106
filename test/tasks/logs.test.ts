import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepo } from '../core/cli/run-main.ts';

const config = `
import { container, secret } from 'devservices';
export default {
  services: {
    db: {
      run: container({ image: 'x', environment: { PASSWORD: secret({ file: 'password' }) } }),
    },
    web: { run: container({ image: 'x', environment: { KEY: secret('written-down') } }) },
  },
};`;

test('what the configuration marks as secret is not shown, though nothing was planned', async () => {
  const repo = createRepo({ 'devservices.config.ts': config, password: 'hunter2\n' });
  expect((await repo.run('up')).exitCode).toBe(0);
  repo.runner.writeLog('web', 'connecting as db:hunter2 with written-down');
  for (const argv of [['logs'], ['logs', 'web'], ['logs', '--json']]) {
    const { exitCode, stdout, stderr } = await repo.run(...argv);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('connecting as db:[redacted] with [redacted]');
    expect(stdout).not.toMatch(/hunter2|written-down/);
  }
});

test('a secret that cannot be read stops no line, and is told once', async () => {
  const repo = createRepo({ 'devservices.config.ts': config, password: 'hunter2\n' });
  await repo.run('up');
  writeFileSync(
    join(repo.root, 'devservices.config.ts'),
    config.replace("file: 'password'", "file: 'gone'"),
  );
  repo.runner.writeLog('web', 'still here with written-down');
  const { exitCode, stdout, stderr } = await repo.run('logs');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('still here with [redacted]');
  expect(stderr.match(/The value of PASSWORD could not be read from \S*gone/g)).toHaveLength(1);
});

test('with a broken configuration the lines are there all the same', async () => {
  const repo = createRepo({ 'devservices.config.ts': config, password: 'hunter2\n' });
  await repo.run('up');
  writeFileSync(join(repo.root, 'devservices.config.ts'), 'export default { services: 7 };');
  repo.runner.writeLog('web', 'hello');
  const { exitCode, stdout } = await repo.run('logs');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'web | hello\n' });
});
