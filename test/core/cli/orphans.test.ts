import { expect, test } from 'vitest';
import { createRepo } from './run-main.ts';

test('up says what runs that the configuration no longer knows', async () => {
  const run = { kind: 'container', image: 'x' };
  const repo = createRepo({
    'devservices.config.json': JSON.stringify({ services: { db: { run }, old: { run } } }),
  });
  await repo.run('up');
  repo.write({ 'devservices.config.json': JSON.stringify({ services: { db: { run } } }) });
  const { stdout, stderr } = await repo.run('up');
  expect(stdout + stderr).toContain('no longer knows old: still there; --remove-orphans');
  expect((await repo.run('status')).stdout).toMatch(/old.*no longer in the configuration/);
  const removed = await repo.run('up', '--remove-orphans');
  expect(removed.stdout + removed.stderr).not.toContain('no longer knows');
});
