import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSupervised, nextEvent, whenWritten } from './supervised.ts';

test('a changed file restarts the service, once for many changes', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const file = join(checkout.folder, 'src.txt');
  writeFileSync(file, 'one');
  const request = checkout.prepare('api', {
    script: `console.log('runs ' + require('fs').readFileSync('src.txt', 'utf8')); setInterval(() => {}, 1000)`,
    watch: ['*.txt'],
    readiness: { kind: 'log', pattern: '^runs two' },
  });
  const { leader } = await supervisor.start(request);
  await whenWritten(checkout.places.log('api'), 'runs one');
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  for (const text of ['x', 'y', 'two']) writeFileSync(file, text);
  expect(await exited.event).toMatchObject({ willRestart: true });
  const { life } = await checkout.until('api', (record) => record.readyGeneration !== undefined);
  expect(life?.leader?.pid).not.toBe(leader.pid);
  expect(checkout.log('api').trim().split('\n')).toEqual(['runs one', 'runs two']);

  await supervisor.stop(checkout.requestOf(request));
  // It was stopped: nothing starts it again.
  writeFileSync(file, 'three');
  const other = checkout.prepare('other', { script: '' });
  const ended = await nextEvent(supervisor, ({ type }) => type === 'exited');
  await supervisor.start(other);
  await ended.event;
  expect(checkout.living()).toEqual([]);
});

test('what changes while it is restarted makes one restart more', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const file = join(checkout.folder, 'src.txt');
  writeFileSync(file, 'one');
  // It takes its time to end, and says when it is asked to.
  const request = checkout.prepare('api', {
    script: `
      const fs = require('fs');
      const text = fs.readFileSync('src.txt', 'utf8');
      fs.appendFileSync('runs', text + '\\n');
      process.on('SIGTERM', () => { fs.writeFileSync('asked', text); setTimeout(() => process.exit(), 400); });
      setInterval(() => {}, 1000)`,
    watch: ['src.txt'],
  });
  await supervisor.start(request);
  await whenWritten(join(checkout.folder, 'runs'), 'one');
  writeFileSync(file, 'two');
  await whenWritten(join(checkout.folder, 'asked'), 'one');
  for (const text of ['three', 'four']) writeFileSync(file, text);
  const runs = await whenWritten(join(checkout.folder, 'runs'), 'four');
  expect(runs.trim().split('\n').at(-1)).toBe('four');
  expect(checkout.living()).toHaveLength(1);
});

test('one that has crashed is started by the next change', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const file = join(checkout.folder, 'main.js');
  writeFileSync(file, 'throw new Error("no")');
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  const request = checkout.prepare('api', {
    command: [process.execPath, 'main.js'],
    watch: ['*.js'],
  });
  await supervisor.start(request);
  expect(await exited.event).toMatchObject({ exitCode: 1, willRestart: false });
  const started = await nextEvent(supervisor, ({ type }) => type === 'started');
  writeFileSync(file, 'setInterval(() => {}, 1000)');
  await started.event;
  expect(checkout.living()).toHaveLength(1);
});
