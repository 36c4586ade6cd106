import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configOf, createRepo, type Repo } from '../../../core/cli/run-main.ts';
import { timelineOf } from './written-journal.ts';

const redis = { run: { kind: 'container', image: 'redis:7' } };
const create = () =>
  createRepo({
    'devservices.config.ts': configOf({
      services: { redis, app: { ...redis, dependsOn: ['redis'] } },
    }),
  });

function checkoutFolderOf({ root }: Repo): string {
  const home = join(root, '.state/devservices');
  const [id = ''] = readdirSync(home).filter((name) => /^[0-9a-f]{12}$/.test(name));
  return join(home, id);
}

test('what tasks did stands in it, the newest first; what only looked does not', async () => {
  const repo = create();
  await repo.run('up');
  await repo.run('status');
  repo.runner.failOn('start app', new Error('no room'));
  await repo.run('restart', 'app');
  await repo.run('logs');
  await repo.run('down');
  const { runs } = await timelineOf(checkoutFolderOf(repo));
  expect(runs.map(({ task, ok, pid }) => [task, ok, pid])).toEqual([
    ['down', true, process.pid],
    ['restart', false, process.pid],
    ['up', true, process.pid],
  ]);
  const [down, restart, up] = runs;
  expect(up?.services).toMatchObject({
    redis: { action: 'created', reason: { code: expect.any(String) as string } },
    app: { action: 'created' },
  });
  expect(up?.services['app']?.states.map(({ state }) => state)).toEqual(
    expect.arrayContaining(['starting', 'ready']),
  );
  const phases = up?.phases.map(({ phase }) => phase) ?? [];
  const steps = ['configure', 'initialize', 'lock', 'plan', 'start'];
  expect(phases.filter((phase) => steps.includes(phase))).toEqual(steps);
  expect(up?.phases.every(({ ok, elapsedMs }) => ok === true && elapsedMs !== null)).toBe(true);
  expect(restart).toMatchObject({
    exitCode: expect.any(Number) as number,
    services: { app: { action: 'failed' } },
    errors: [{ code: expect.stringMatching(/^DS_/) as string }],
  });
  expect(down?.services).toMatchObject({ redis: { action: 'removed' } });
  // Each began after the one before had ended.
  const times = runs.flatMap(({ startedAt, endedAt }) => [endedAt ?? '', startedAt]);
  expect(times).toEqual(times.toSorted().toReversed());
});

test('tasks that run at the same time have each their own', async () => {
  const repo = create();
  await Promise.all([repo.run('up', 'redis', '--no-deps'), repo.run('up', 'app', '--no-deps')]);
  const { runs } = await timelineOf(checkoutFolderOf(repo));
  expect(runs).toHaveLength(2);
  for (const { services, phases, ok } of runs) {
    expect(ok).toBe(true);
    const acted = Object.keys(services).filter((name) => services[name]?.states.length);
    expect(acted).toHaveLength(1);
    const [name = ''] = acted;
    expect(services[name]).toMatchObject({ action: 'created' });
    expect(services[name]?.states.map(({ state }) => state)).toEqual([
      'starting',
      'running',
      'ready',
    ]);
    expect(phases.every(({ service = name }) => service === name)).toBe(true);
    expect(phases.filter(({ phase }) => phase === 'lock')).toHaveLength(1);
  }
});
