import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readProcessStat } from 'devservices/machine';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createForwardSet } from '../../../../plugins/docker/forwards/forward-set.ts';
import { readRecord } from '../../../../plugins/docker/forwards/forward-record.ts';
import { startMaster } from '../../../../plugins/docker/forwards/ssh-master.ts';
import type { Forward } from '../../../../plugins/docker/forwards/forward.ts';
import { freePorts } from '../../../rig/free-ports.ts';
import { startSshServer } from '../../../rig/ssh-server.ts';
import { ask, createOtherMachine } from './other-machine.ts';

const never = new AbortController().signal;
const machine = await createOtherMachine();
afterAll(() => machine[Symbol.asyncDispose]());
const { address, ssh } = machine;

const forward = (service: string, here: number, there = here): Forward => ({
  service,
  here: { host: '127.0.0.1', port: here },
  there: { host: '127.0.0.1', port: there },
});
const wanted = (service: string, ...ports: number[]) => ({
  service,
  forwards: ports.map((port) => forward(service, port)),
  signal: never,
});

function openSet() {
  const { file, place } = machine.place();
  const set = createForwardSet(file, place);
  onTestFinished(async () => {
    await set.end();
    expect(existsSync(file)).toBe(false);
    expect(existsSync(join(place.folder, place.socket))).toBe(false);
    expect(existsSync(place.log)).toBe(false);
    await expectNoClients();
  });
  return { set, file, place };
}

async function expectNoClients(): Promise<void> {
  await expect.poll(() => ssh.clients(), { timeout: 10_000 }).toEqual([]);
}

const codeOf = (thrown: unknown) => (thrown as { code?: string }).code;

test('a port there is had here under the same number, by an ssh of its own session', async () => {
  const { set, file } = openSet();
  const [port] = await freePorts(1);
  await machine.serve(port);
  await set.put(address, wanted('db', port));
  expect(await ask(port)).toBe(`there ${port}`);
  // Once more is no error, and changes nothing.
  const before = readRecord(file);
  await set.put(address, wanted('db', port));
  expect(readRecord(file)).toEqual(before);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { pid } = before?.leader ?? { pid: 0 };
  expect(readProcessStat(pid)?.group).toBe(pid);
});

test('a service that goes gives its ports back, but for those that another has as well', async () => {
  const { set } = openSet();
  const [own, shared, other] = await freePorts(3);
  await machine.serve(own, shared, other);
  await set.put(address, wanted('one', own, shared));
  await set.put(address, wanted('two', shared, other));
  await set.drop('one');
  expect(await Promise.all([own, shared, other].map((port) => ask(port)))).toEqual([
    undefined,
    `there ${shared}`,
    `there ${other}`,
  ]);
  await set.put(address, wanted('two', other));
  expect(await ask(shared)).toBeUndefined();
  expect(await ask(other)).toBe(`there ${other}`);
});

test('an ssh that died is started again by who needs it, with what he needs', async () => {
  const { set, file } = openSet();
  const [port] = await freePorts(1);
  await machine.serve(port);
  await set.put(address, wanted('db', port));
  const before = readRecord(file)?.leader.pid as number;
  process.kill(before, 'SIGKILL');
  await expect.poll(() => set.living(), { timeout: 10_000 }).toBeUndefined();
  expect(await ask(port)).toBeUndefined();
  await set.put(address, wanted('db', port));
  expect(await ask(port)).toBe(`there ${port}`);
  expect(set.living()?.leader.pid).not.toBe(before);
});

test('one that leads to another engine is ended, also where that is no ssh any more', async () => {
  for (const next of ['ssh://elsewhere', 'unix:///var/run/docker.sock']) {
    const { set, file } = openSet();
    const [port] = await freePorts(1);
    await set.put(address, wanted('db', port));
    await set.check(address);
    expect(set.living()?.forwards).toHaveLength(1);
    await set.check({ url: next });
    expect(existsSync(file)).toBe(false);
    await expectNoClients();
  }
});

test('one that does not answer any more is ended, and deaf as it is, at once', async () => {
  const { set, file } = openSet();
  const [port] = await freePorts(1);
  await set.put(address, wanted('db', port));
  const pid = readRecord(file)?.leader.pid ?? 0;
  process.kill(pid, 'SIGSTOP');
  await set.check(address);
  expect(existsSync(file)).toBe(false);
  expect(await ask(port)).toBeUndefined();
});

test('a port that a stranger has is told with the stranger, and the others are left', async () => {
  const { set } = openSet();
  const [good, taken] = await freePorts(2);
  await machine.serve(good, taken);
  const stranger = createServer((socket) => socket.end('stranger'));
  await new Promise<void>((resolve) => stranger.listen(taken, '127.0.0.1', resolve));
  onTestFinished(() => void stranger.close());
  const error = await set.put(address, wanted('db', good, taken)).catch((thrown: Error) => thrown);
  expect(codeOf(error)).toBe('DS_PORT_TAKEN');
  expect(error?.message).toContain(`(pid ${process.pid}, on 127.0.0.1)`);
  expect(await ask(taken)).toBe('stranger');
  expect(await ask(good)).toBe(`there ${good}`);
  expect(set.living()?.forwards).toEqual([forward('db', good)]);
});

test('where that machine is this one nothing is forwarded, and no ssh stays', async () => {
  const here = await startSshServer();
  onTestFinished(() => here.close());
  const { file, place } = machine.place();
  const set = createForwardSet(file, { ...place, env: { PATH: here.path } });
  const [port] = await freePorts(1);
  await set.put(address, wanted('db', port));
  expect(await set.connect(address, never)).toBe(false);
  expect(await ask(port)).toBeUndefined();
  expect(existsSync(file)).toBe(false);
  await expect.poll(() => here.clients(), { timeout: 10_000 }).toEqual([]);
});

test('an sshd that passes nothing on is told before anybody relies on it', async () => {
  await using other = await createOtherMachine();
  other.forbidForwards();
  const { file, place } = other.place();
  const set = createForwardSet(file, place);
  const [port] = await freePorts(1);
  const error = await set.put(address, wanted('db', port)).catch((thrown: Error) => thrown);
  expect(codeOf(error)).toBe('DS_DOCKER_FORWARD_FAILED');
  expect(error?.message).toContain(`does not let port ${port} be forwarded`);
  expect(await ask(port)).toBeUndefined();
  await set.settle();
  expect(existsSync(file)).toBe(false);
});

test('an unknown and a changed host key are refused in the words of ssh, and nothing is left', async () => {
  onTestFinished(() => ssh.setKnown(true));
  for (const known of [false, 'changed'] as const) {
    const { set } = openSet();
    ssh.setKnown(known);
    const error = await set.connect(address, never).catch((thrown: Error) => thrown);
    expect(codeOf(error)).toBe('DS_DOCKER_FORWARD_FAILED');
    expect((error as Error).message).toContain('Host key verification failed');
    await expectNoClients();
  }
});

test('an interrupt ends the connection that is being made', async () => {
  const { set } = openSet();
  const stop = new AbortController();
  ssh.writeClientConfig('');
  const before = ssh.clients().length;
  const { place } = machine.place();
  expect(before).toBe(0);
  const route = ['-o', 'ProxyCommand=sleep 100000', 'box'];
  const starting = startMaster(place, { route, signal: stop.signal });
  await expect.poll(() => ssh.clients().length, { timeout: 10_000 }).toBeGreaterThan(0);
  stop.abort(new Error('interrupted'));
  await expect(starting).rejects.toThrow('interrupted');
  await expectNoClients();
  expect(set.living()).toBeUndefined();
});

test('what the user’s configuration forwards for people is not forwarded', async () => {
  const { set } = openSet();
  const [port, peoples] = await freePorts(2);
  ssh.writeClientConfig(
    `LocalForward ${peoples} 127.0.0.1:1\nRemoteCommand tmux\nRequestTTY force\nControlMaster auto\nControlPath /nowhere/%C\nControlPersist 60`,
  );
  onTestFinished(() => ssh.writeClientConfig(''));
  await machine.serve(port);
  await set.put(address, wanted('db', port));
  expect(await ask(port)).toBe(`there ${port}`);
  expect(await ask(peoples)).toBeUndefined();
});

test('a folder with a path longer than a socket’s is no obstacle', async () => {
  const { file, place } = machine.place();
  const folder = join(place.folder, 'long'.repeat(20), '100 % $HOME');
  const set = createForwardSet(file, { ...place, folder });
  onTestFinished(() => set.end());
  const [port] = await freePorts(1);
  await machine.serve(port);
  await set.put(address, wanted('db', port));
  expect(await ask(port)).toBe(`there ${port}`);
});

test('an ssh that nobody noted, of somebody who was killed, is found by its socket and ended', async () => {
  for (const next of ['end', 'connect'] as const) {
    const { set, place } = openSet();
    const { pid } = await startMaster(place, { route: ['box'], signal: never });
    await (next === 'end' ? set.end() : set.connect(address, never));
    expect(readProcessStat(pid)?.state ?? 'Z').toBe('Z');
  }
});

test('one that forwards nothing does not stay', async () => {
  const { set } = openSet();
  const [port] = await freePorts(1);
  await set.put(address, wanted('db', port));
  await set.settle();
  expect(set.living()?.forwards.map(({ service }) => service)).toEqual(['db']);
  await set.drop('db');
  expect(set.living()?.forwards).toEqual([]);
  await set.settle();
  await expectNoClients();
});

test('a record that somebody broke is taken for none', async () => {
  const { set, file } = openSet();
  const [port] = await freePorts(1);
  await machine.serve(port);
  await set.put(address, wanted('db', port));
  writeFileSync(file, '{"v":1,"url":"ssh://box","leader":{"pid":1');
  expect(set.living()).toBeUndefined();
  await set.put(address, wanted('db', port));
  expect(await ask(port)).toBe(`there ${port}`);
});
