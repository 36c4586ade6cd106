import { expect, test } from 'vitest';
import { createRepo } from '../core/cli/run-main.ts';

const container = (image: string) => ({ kind: 'container', image });
const repoOf = () =>
  createRepo({
    'devservices.config.json': JSON.stringify({
      services: {
        db: { run: { old: container('db:1'), new: container('db:2') } },
        api: { run: { only: container('api') }, dependsOn: ['db'] },
      },
    }),
  });

test('without a key it answers: its runs, the pinned one marked', async () => {
  const repo = repoOf();
  const before = await repo.run('toggle', 'db', '--json');
  expect(before).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse(before.stdout)).toEqual({
    service: 'db',
    pinned: null,
    runs: {
      old: { kind: 'container', isPinned: false, isAvailable: true },
      new: { kind: 'container', isPinned: false, isAvailable: true },
    },
  });
  await repo.run('up');
  const { stdout } = await repo.run('toggle', 'db');
  expect(stdout).toMatch(/^db\n● +old +container +pinned\n○ +new +container/);
  expect(stdout).not.toContain('finished');
});

test('with a key it acts, and ends with an event of its own', async () => {
  const repo = repoOf();
  await repo.run('up');
  const ran = await repo.run('toggle', 'db', 'new', '--json');
  const events = ran.json();
  expect(events[0]).toMatchObject({ event: 'task-started', task: 'toggle' });
  expect(events.at(-1)).toMatchObject({
    event: 'toggle-finished',
    ok: true,
    services: {
      db: { action: 'recreated', state: 'ready', runner: 'new' },
      api: { action: 'unchanged' },
    },
  });
  expect(JSON.parse((await repo.run('toggle', 'db', '--json')).stdout)).toMatchObject({
    pinned: 'new',
  });
  expect((await repo.run('up')).stdout).toContain('nothing to do');
});

test('what cannot be: status 2, and an end all the same', async () => {
  const repo = repoOf();
  for (const [args, code] of [
    [['db', 'nwe'], 'DS_RUN_UNKNOWN'],
    [['bd', 'new'], 'DS_SERVICE_UNKNOWN'],
    [['api', 'new'], 'DS_RUN_SOLE'],
    [[], 'DS_ARGUMENT_MISSING'],
    [['db', 'new', 'old'], 'DS_ARGUMENT_UNEXPECTED'],
  ] as const) {
    const { exitCode, json } = await repo.run('toggle', ...args, '--json');
    expect(json().at(-1)).toMatchObject({ event: 'toggle-finished', exitCode, errors: [{ code }] });
    expect(exitCode).toBe(2);
  }
  const { exitCode, stdout } = await repo.run('toggle', 'bd', '--json');
  expect({ exitCode, ...(JSON.parse(stdout) as object) }).toMatchObject({
    exitCode: 2,
    errors: [{ code: 'DS_SERVICE_UNKNOWN' }],
  });
});
