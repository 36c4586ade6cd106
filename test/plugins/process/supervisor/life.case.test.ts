import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSupervised, nextEvent, stateFolderOf, whenWritten } from './supervised.ts';

const lives = 'setInterval(() => {}, 1000)';

test('a process is started, told of, and stopped with all that it started', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const started = await nextEvent(supervisor, ({ type }) => type === 'started');
  const request = checkout.prepare('api', {
    command: ['sh', '-c', 'sleep 1000 & sleep 1000 & echo up; wait'],
  });
  const { leader } = await supervisor.start(request);
  expect(await started.event).toMatchObject({ service: 'api', id: request.id });
  expect(checkout.record('api')?.life).toMatchObject({ leader, hasGroup: true });
  await whenWritten(checkout.places.log('api'), 'up');
  expect(checkout.living()).toHaveLength(3);

  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  await supervisor.stop(checkout.requestOf(request));
  expect(checkout.living()).toEqual([]);
  expect(await exited.event).toMatchObject({ exitCode: 143, willRestart: false });
  expect(checkout.record('api')).toMatchObject({ isStopped: true, life: { exitCode: 143 } });
});

test.each([
  ['its exit code', 'process.exit(3)', 3],
  ['success', '', 0],
  ['128 and the signal that ended it', 'process.kill(process.pid, "SIGUSR2")', 140],
])('the end of a process is remembered with %s', async (_, script, exitCode) => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  await supervisor.start(checkout.prepare('job', { script }));
  expect(await exited.event).toMatchObject({ exitCode, willRestart: false, isRemoval: false });
  expect(checkout.record('job')?.life).toMatchObject({ exitCode });
});

test('a second start of what runs makes no other, and two restarts at once make one', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('api', { script: lives });
  const first = await supervisor.start(request);
  expect(await supervisor.start(request)).toEqual(first);
  expect(checkout.living()).toHaveLength(1);

  const own = checkout.requestOf(request);
  const [one, other] = await Promise.all([supervisor.restart(own), supervisor.restart(own)]);
  expect(one).toEqual(other);
  expect(one.leader.pid).not.toBe(first.leader.pid);
  expect(checkout.living()).toEqual([one.leader.pid]);
});

test('what cannot be started says why, and the next start is as good as the first', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('api', { command: ['no-such-program'] });
  await expect(supervisor.start(request)).rejects.toMatchObject({
    code: 'DS_PROCESS_NOT_FOUND',
    facts: { service: 'api', shellStatus: 127 },
  });
  expect(checkout.record('api')?.life).toMatchObject({ exitCode: 127 });
  const mended = checkout.prepare('api', { script: lives });
  await supervisor.start(mended);
  expect(checkout.living()).toHaveLength(1);
});

test('removing forgets record and log, and without any record it leaves when it is asked', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('api', {
    script: 'console.log("hello"); setInterval(() => {}, 9e3)',
  });
  await supervisor.start(request);
  await whenWritten(checkout.places.log('api'), 'hello');
  expect(await supervisor.leave({ ifEmpty: true })).toBe(false);
  const removed = await nextEvent(supervisor, ({ type }) => type === 'removed');
  await supervisor.remove(checkout.requestOf(request));
  expect(await removed.event).toMatchObject({ service: 'api' });
  expect(checkout.record('api')).toBeUndefined();
  expect(existsSync(checkout.places.log('api'))).toBe(false);
  expect(checkout.living()).toEqual([]);

  expect(await supervisor.leave({ ifEmpty: true })).toBe(true);
  expect(existsSync(checkout.places.socket)).toBe(false);
  expect(existsSync(checkout.places.supervisor)).toBe(false);
});

test('a stop ends what runs before a start, and the start says so', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const marker = join(checkout.folder, 'before');
  const request = checkout.prepare('db', {
    script: lives,
    before: [['sh', '-c', `echo begun > ${marker}; sleep 1000`]],
  });
  const start = supervisor.start(request);
  const outcome = start.catch((error: unknown) => error);
  await whenWritten(marker);
  await supervisor.stop(checkout.requestOf(request));
  expect(await outcome).toMatchObject({ code: 'DS_PROCESS_START_CANCELLED' });
  expect(checkout.living()).toEqual([]);
});

test('what was asked by somebody who went away is done to its end', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const go = join(checkout.folder, 'go');
  const request = checkout.prepare('db', {
    script: lives,
    before: [['sh', '-c', `echo begun > begun; until [ -e ${go} ]; do sleep 0.02; done`]],
  });
  const away = new AbortController();
  const start = supervisor.start(request, away.signal);
  const outcome = start.catch((error: unknown) => error);
  await whenWritten(join(checkout.folder, 'begun'));
  away.abort(new Error('away'));
  expect(await outcome).toMatchObject({ message: 'away' });
  writeFileSync(go, '');
  const { life } = await checkout.until('db', (record) => record.life?.leader !== undefined);
  expect(checkout.living()).toEqual([life?.leader?.pid]);
});

test('its folder and files are this user’s alone', async () => {
  await using checkout = createSupervised();
  await checkout.ensure();
  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  expect(modeOf(checkout.places.socket)).toBe('600');
  expect(modeOf(checkout.places.supervisor)).toBe('600');
  expect(modeOf(join(stateFolderOf(checkout), 'supervisor.log'))).toBe('600');
  expect(modeOf(checkout.options.runtimeFolder)).toBe('700');
});
