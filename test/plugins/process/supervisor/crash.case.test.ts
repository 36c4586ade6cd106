import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from 'devservices/machine';
import { supervisorProgram } from '../../../../plugins/process/client/supervisor-program.ts';
import { endProcess } from '../../../../plugins/process/ending/end-process.ts';
import { environmentOf } from '../../../../plugins/process/launch/environment.ts';
import { statusOf, writeRecord } from '../../../../plugins/process/record/records.ts';
import type { ProcessRecord } from '../../../../plugins/process/record/process-record.ts';
import {
  createSupervised,
  kill,
  nextEvent,
  stateFolderOf,
  type Supervised,
  whenGone,
  whenWritten,
} from './supervised.ts';

const family = ['sh', '-c', 'sleep 1000 & sleep 1000 & echo up; wait'] as const;

async function killSupervisor(checkout: Supervised): Promise<number> {
  const pid = checkout.supervisorPid();
  kill(pid);
  await whenGone(pid);
  return pid;
}

test('processes outlive a supervisor that is killed, and the next one stops all of them', async () => {
  await using checkout = createSupervised();
  const first = await checkout.ensure();
  const request = checkout.prepare('api', { command: [...family] });
  const { leader } = await first.start(request);
  await whenWritten(checkout.places.log('api'), 'up');
  const before = checkout.living();
  expect(before).toHaveLength(3);

  const killed = await killSupervisor(checkout);
  expect(await checkout.connect()).toBeUndefined();
  expect(checkout.living()).toEqual(before);
  expect(existsSync(checkout.places.socket)).toBe(true);

  const second = await checkout.ensure();
  expect(checkout.supervisorPid()).not.toBe(killed);
  // What runs is not started again.
  expect((await second.start(request)).leader).toEqual(leader);
  expect(checkout.living()).toEqual(before);
  const exited = await nextEvent(second, ({ type }) => type === 'exited');
  await second.stop(checkout.requestOf(request));
  expect(checkout.living()).toEqual([]);
  const event = await exited.event;
  expect(event).toMatchObject({ willRestart: false });
  expect(event).not.toHaveProperty('exitCode');
});

test('an adopted process that ends is noticed, its exit code being unknown', async () => {
  await using checkout = createSupervised();
  const first = await checkout.ensure();
  const { leader } = await first.start(
    checkout.prepare('api', { command: ['sleep', '1000'], restart: 'no' }),
  );
  await killSupervisor(checkout);
  const second = await checkout.ensure();
  const exited = await nextEvent(second, ({ type }) => type === 'exited');
  kill(leader.pid);
  expect(await exited.event).not.toHaveProperty('exitCode');
  const record = checkout.record('api') as ProcessRecord;
  expect(record.life).toMatchObject({ endedAt: expect.any(Number) });
  expect(record.life).not.toHaveProperty('exitCode');
});

test('the policy of one that ended while nobody supervised is followed by the next', async () => {
  await using checkout = createSupervised();
  const first = await checkout.ensure();
  const { leader } = await first.start(
    checkout.prepare('api', { command: ['sleep', '1000'], restart: 'on-failure' }),
  );
  await killSupervisor(checkout);
  kill(leader.pid);
  await whenGone(leader.pid);
  await checkout.ensure();
  const record = await checkout.until(
    'api',
    ({ life }) => life?.leader !== undefined && life.leader.pid !== leader.pid,
  );
  expect(statusOf(record).status).toBe('running');
  expect(checkout.living()).toEqual([record.life?.leader?.pid]);
});

test('without a supervisor all of a service can be ended as well', async () => {
  await using checkout = createSupervised();
  const first = await checkout.ensure();
  await first.start(checkout.prepare('api', { command: [...family] }));
  await whenWritten(checkout.places.log('api'), 'up');
  await killSupervisor(checkout);
  await endProcess(checkout.record('api') as ProcessRecord, {
    clock: systemClock,
    signal: AbortSignal.timeout(20_000),
  });
  expect(checkout.living()).toEqual([]);
});

test('what was started and never recorded is ended by the next supervisor', async () => {
  await using checkout = createSupervised();
  checkout.prepare('api', { command: ['sleep', '1000'] });
  const known = checkout.record('api') as ProcessRecord;
  const strayEnvironment = environmentOf({ ...known, id: 'f00d' });
  const stray = spawn('sleep', ['1000'], {
    detached: true,
    stdio: 'ignore',
    env: strayEnvironment,
  });
  const intended = spawn('sleep', ['1000'], {
    detached: true,
    stdio: 'ignore',
    env: environmentOf(known),
  });
  // Its supervisor was killed between the start and the note of who it is.
  const life = { hasGroup: true, startedAt: Date.now(), logOffset: 0 };
  writeRecord(checkout.places, { ...known, life });
  expect(checkout.living()).toEqual([stray.pid, intended.pid]);
  await checkout.ensure();
  await checkout.until('api', (record) => record.life?.endedAt !== undefined);
  await Promise.all([stray, intended].map((one) => whenGone(one.pid ?? 0)));
  expect(checkout.living()).toEqual([]);
});

test('two that ensure a supervisor at once get the same, and a second program ends by itself', async () => {
  await using checkout = createSupervised();
  const clients = await Promise.all([checkout.ensure(), checkout.ensure(), checkout.ensure()]);
  expect(clients).toHaveLength(3);
  const pid = checkout.supervisorPid();
  const { supervisorProgram } =
    await import('../../../../plugins/process/client/supervisor-program.ts');
  const second = spawn(
    process.execPath,
    [...supervisorProgram(), JSON.stringify(checkout.options)],
    { stdio: 'ignore' },
  );
  const status = await new Promise((resolve) => second.once('exit', resolve));
  expect(status).toBe(0);
  expect(checkout.supervisorPid()).toBe(pid);
  expect(await clients[0]?.leave({ ifEmpty: true })).toBe(true);
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
