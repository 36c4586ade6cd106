import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { systemClock } from 'devservices/machine';
import { endProcess } from '../../../../plugins/process/ending/end-process.ts';
import { environmentOf } from '../../../../plugins/process/launch/environment.ts';
import type { ProcessRecord } from '../../../../plugins/process/record/process-record.ts';
import { statusOf, writeRecord } from '../../../../plugins/process/record/records.ts';
import {
  createSupervised,
  kill,
  nextEvent,
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
