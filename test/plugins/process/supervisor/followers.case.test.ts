import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSupervised, kill, whenWritten } from './supervised.ts';

test('a service of another kind that follows is restarted by the command line', async () => {
  const script = `require('fs').writeFileSync('asked', JSON.stringify(
    [process.argv.slice(1), Object.keys(process.env).filter((name) => name.startsWith('DEVSERVICES'))]))`;
  // The folder is not known yet.
  let place = '';
  const restart = {
    command: [process.execPath, '-e', script, 'restart'] as [string, ...string[]],
    args: ['--config', 'other.config.ts'],
    get cwd() {
      return place;
    },
  };
  await using checkout = createSupervised({ restart });
  place = checkout.folder;
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('db', {
    script: 'console.log("ready"); setInterval(() => {}, 1000)',
    restart: 'always',
    readiness: { kind: 'log', pattern: 'ready' },
    followers: ['proxy', 'cache'],
  });
  const { leader } = await supervisor.start(request);
  kill(leader.pid);
  const asked: unknown = JSON.parse(await whenWritten(join(checkout.folder, 'asked'), ']]'));
  expect(asked).toEqual([
    ['restart', 'proxy', 'cache', '--config', 'other.config.ts', '--project', 'shop'],
    [],
  ]);
  expect(checkout.record('db')?.readyGeneration).toMatch(/^[-0-9a-f]{36}:\d+:\d+$/);
});

test('who follows one that does not become ready waits, and is started when it does', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  // Ready the first time and from the third on; in between it fails.
  const db = checkout.prepare('db', {
    script: `
      const fs = require('fs');
      fs.appendFileSync('runs', 'x');
      if (fs.readFileSync('runs', 'utf8').length === 2) process.exit(1);
      console.log('ready');
      setInterval(() => {}, 1000)`,
    restart: 'always',
    readiness: { kind: 'log', pattern: 'ready' },
  });
  const api = checkout.prepare('api', {
    script: `console.log('up'); setInterval(() => {}, 1000)`,
    readiness: { kind: 'log', pattern: 'up' },
    dependsOn: [{ service: 'db', condition: 'ready', restart: true, required: true }],
  });
  const { leader } = await supervisor.start(db);
  const first = await supervisor.start(api);
  await whenWritten(checkout.places.log('db'), 'ready');
  kill(leader.pid);
  const record = await checkout.until(
    'api',
    ({ readyGeneration }) => readyGeneration !== undefined,
  );
  expect(record.life?.leader?.pid).not.toBe(first.leader.pid);
  expect((await whenWritten(join(checkout.folder, 'runs'))).length).toBe(3);
  expect(checkout.living()).toHaveLength(2);
});
