import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { supervisorProgram } from '../../../../plugins/process/client/supervisor-program.ts';
import { createSupervised, kill, stateFolderOf, whenGone } from './supervised.ts';

test('two that ensure a supervisor at once get the same, and a second program ends by itself', async () => {
  await using checkout = createSupervised();
  const programs = [1, 2].map(() =>
    spawn(process.execPath, [...supervisorProgram(), JSON.stringify(checkout.options)], {
      stdio: 'ignore',
    }),
  );
  const exits = programs.map((one) => new Promise((resolve) => one.once('exit', resolve)));
  const [client] = await Promise.all([checkout.ensure(), checkout.ensure(), checkout.ensure()]);
  const one = checkout.supervisorPid();
  // All others end by themselves.
  await Promise.all(exits.filter((_, index) => programs[index]?.pid !== one));
  expect(checkout.supervisorPid()).toBe(one);
  expect(await client?.leave({ ifEmpty: true })).toBe(true);
  await Promise.all(exits);
  expect(programs.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
});

test('a socket and a file that were left behind are replaced', async () => {
  await using checkout = createSupervised();
  await (await checkout.ensure()).leave();
  // One that was killed leaves both.
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.once('exit', resolve));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(checkout.places.socket, resolve));
  writeFileSync(
    checkout.places.supervisor,
    JSON.stringify({
      v: 1,
      protocol: 1,
      identity: { pid: dead.pid, startTicks: '1', bootId: 'x' },
      token: 'stale',
      socket: checkout.places.socket,
      startedAt: 0,
    }),
  );
  expect(await checkout.connect()).toBeUndefined();
  const supervisor = await checkout.ensure();
  const request = checkout.prepare('api', { command: ['sleep', '1000'] });
  await supervisor.start(request);
  expect(checkout.living()).toHaveLength(1);
  await new Promise((resolve) => server.close(resolve));
});

test('a stranger that has the pid of a supervisor that died is left alone', async () => {
  await using checkout = createSupervised();
  await (await checkout.ensure()).leave();
  const stranger = spawn('sleep', ['1000'], { stdio: 'ignore' });
  try {
    writeFileSync(
      checkout.places.supervisor,
      JSON.stringify({
        v: 1,
        protocol: 0,
        identity: { pid: stranger.pid, startTicks: '1', bootId: 'x' },
        token: 'stale',
        socket: checkout.places.socket,
        startedAt: 0,
      }),
    );
    expect(await checkout.connect()).toBeUndefined();
    await checkout.ensure();
    expect(checkout.supervisorPid()).not.toBe(stranger.pid);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
  } finally {
    stranger.kill('SIGKILL');
  }
});

test('an older supervisor is asked to leave, and a new one goes on with its processes', async () => {
  await using checkout = createSupervised();
  const older = await checkout.ensure();
  const request = checkout.prepare('api', { command: ['sleep', '1000'] });
  const { leader } = await older.start(request);
  const pid = checkout.supervisorPid();
  const { supervisor: path } = checkout.places;
  const file = JSON.parse(readFileSync(path, 'utf8')) as { protocol: number };
  writeFileSync(path, JSON.stringify({ ...file, protocol: 0 }));
  const newer = await checkout.ensure();
  await whenGone(pid);
  expect(checkout.supervisorPid()).not.toBe(pid);
  expect(checkout.living()).toEqual([leader.pid]);
  await newer.stop(checkout.requestOf(request));
  expect(checkout.living()).toEqual([]);
});

test('a newer supervisor is not asked for what it may understand otherwise', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const { supervisor: path } = checkout.places;
  const text = readFileSync(path, 'utf8');
  const file = JSON.parse(text) as { protocol: number };
  writeFileSync(path, JSON.stringify({ ...file, protocol: 99 }));
  await expect(checkout.connect()).rejects.toMatchObject({ code: 'DS_PROCESS_SUPERVISOR_NEWER' });
  writeFileSync(path, text);
  await supervisor.leave();
});

test('SIGTERM makes it leave, and its processes run on', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const { leader } = await supervisor.start(
    checkout.prepare('api', { command: ['sleep', '1000'], restart: 'always' }),
  );
  const pid = checkout.supervisorPid();
  kill(pid, 'SIGTERM');
  await whenGone(pid);
  expect(existsSync(checkout.places.socket)).toBe(false);
  expect(existsSync(checkout.places.supervisor)).toBe(false);
  expect(checkout.living()).toEqual([leader.pid]);
});

test('one whose socket somebody removed makes room', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const { leader } = await supervisor.start(
    checkout.prepare('api', { command: ['sleep', '1000'] }),
  );
  const pid = checkout.supervisorPid();
  rmSync(checkout.places.socket);
  await checkout.ensure();
  await whenGone(pid);
  expect(checkout.living()).toEqual([leader.pid]);
});

test('one that cannot start says why', async () => {
  await using checkout = createSupervised();
  mkdirSync(join(checkout.places.folder), { recursive: true, mode: 0o700 });
  writeFileSync(checkout.places.record('api'), 'nonsense');
  await expect(checkout.ensure()).rejects.toMatchObject({
    code: 'DS_PROCESS_SUPERVISOR_FAILED',
    message: expect.stringContaining(checkout.places.record('api')),
  });
  expect(existsSync(join(stateFolderOf(checkout), 'supervisor.json'))).toBe(false);
});
