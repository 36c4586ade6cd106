import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { readRecord, statusOf, toInstance } from '../../../../plugins/process/record/records.ts';
import { superviseService } from '../../../../plugins/process/supervisor/supervise-service.ts';
import type { SupervisorEvent } from '../../../../plugins/process/supervisor/protocol.ts';
import { createSupervised, kill, nextEvent, whenWritten } from './supervised.ts';

const backoff = { initial: 1000, factor: 3, max: 5000, resetAfter: 10_000 };

test('pauses between restarts are as the policy says, to the millisecond', async () => {
  await using checkout = createSupervised();
  const clock = createFakeClock();
  const events: SupervisorEvent[] = [];
  let wake = (): void => {};
  const request = checkout.prepare('api', {
    script: 'process.exit(1)',
    restart: 'on-failure',
    maxRestarts: 3,
    backoff,
  });
  const record = readRecord(checkout.places, 'api');
  if (!record) throw new Error('no record');
  const service = superviseService(record, {
    places: checkout.places,
    clock,
    say: () => {},
    emit: (event) => {
      events.push(event);
      wake();
    },
    beforeStart: () => {},
    onOwnRestart: () => {},
  });
  const count = (type: SupervisorEvent['type']): number =>
    events.filter((event) => event.type === type).length;
  const until = async (type: SupervisorEvent['type'], wanted: number): Promise<void> => {
    while (count(type) < wanted) await new Promise<void>((resolve) => (wake = resolve));
  };
  await service.start(request);
  const pauses = [1000, 3000, 5000];
  for (const [index, pauseMs] of pauses.entries()) {
    await until('exited', index + 1);
    expect(events.at(-1)).toMatchObject({ type: 'exited', exitCode: 1, willRestart: true });
    expect(statusOf(service.record).status).toBe('restarting');
    await clock.advance(pauseMs - 1);
    expect(count('started')).toBe(index + 1);
    await clock.advance(1);
    await until('started', index + 2);
  }
  await until('exited', 4);
  expect(events.at(-1)).toMatchObject({ type: 'exited', exitCode: 1, willRestart: false });
  expect(toInstance(service.record)).toMatchObject({
    status: 'exited',
    note: 'crash loop: gave up after 3 restarts in a row; it ended with exit code 1 after 0 ms',
  });
  expect(clock.sleeping).toBe(0);
  service.leave();
});

test('a process that is killed runs again, is seen ready, and rests when it is stopped', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('api', {
    script: 'console.log("listening"); setInterval(() => {}, 1000)',
    restart: 'always',
    readiness: { kind: 'log', pattern: 'listening' },
  });
  const first = await supervisor.start(request);
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  const started = await nextEvent(supervisor, ({ type }) => type === 'started');
  kill(first.leader.pid);
  expect(await exited.event).toMatchObject({ exitCode: 137, willRestart: true });
  await started.event;
  const ready = await checkout.until('api', (record) => record.readyGeneration !== undefined);
  expect(ready.life?.leader?.pid).not.toBe(first.leader.pid);
  expect(toInstance(ready)).toMatchObject({ status: 'running', isReady: true });
  expect(ready.restarts).toBe(1);

  await supervisor.stop(checkout.requestOf(request));
  expect(checkout.living()).toEqual([]);
  expect(checkout.record('api')).toMatchObject({ isStopped: true });
});

test('one that is between two tries is stopped as well', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('api', {
    script: 'process.exit(1)',
    restart: 'always',
    backoff: { ...backoff, initial: 60_000, max: 60_000 },
  });
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  await supervisor.start(request);
  await exited.event;
  expect(toInstance(await checkout.until('api', () => true)).status).toBe('restarting');
  await supervisor.stop(checkout.requestOf(request));
  expect(toInstance(await checkout.until('api', () => true)).status).toBe('exited');
});

test('who follows its restarts is stopped with it and started when it is ready', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const note = (name: string): string =>
    `const fs = require('fs'); fs.appendFileSync('order', '${name} up\\n'); console.log('is up');
     process.on('SIGTERM', () => { fs.appendFileSync('order', '${name} down\\n'); process.exit(0); });
     setInterval(() => {}, 1000);`;
  const needs = (service: string, restart = true) => [
    { service, condition: 'ready' as const, restart, required: true },
  ];
  const db = checkout.prepare('db', {
    script: `${note('db')} setTimeout(() => { fs.appendFileSync('order', 'db ready\\n'); console.log('ready'); }, 300)`,
    restart: 'always',
    readiness: { kind: 'log', pattern: 'ready' },
  });
  const readiness = { kind: 'log', pattern: 'is up' } as const;
  const api = checkout.prepare('api', {
    script: note('api'),
    readiness,
    dependsOn: needs('db'),
  });
  const web = checkout.prepare('web', {
    script: note('web'),
    readiness,
    dependsOn: needs('api'),
  });
  const other = checkout.prepare('other', { script: note('other'), dependsOn: needs('db', false) });
  const { leader } = await supervisor.start(db);
  for (const one of [api, web, other]) await supervisor.start(one);
  await checkout.until('other', () => checkout.living().length === 4);
  const order = `${checkout.folder}/order`;
  for (const name of ['api', 'web', 'other', 'db']) await whenWritten(order, `${name} up`);
  const before = await whenWritten(order, 'db ready');
  kill(leader.pid);
  await checkout.until('web', (record) => record.readyGeneration !== undefined);
  const after = (await whenWritten(order)).slice(before.length).trim().split('\n');
  expect(after.filter((line) => !line.startsWith('db up'))).toEqual([
    'web down',
    'api down',
    'db ready',
    'api up',
    'web up',
  ]);
});
