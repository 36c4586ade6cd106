import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../../core/clock.ts';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import {
  connectWorkstation,
  type ConnectRequest,
} from '../../../../plugins/workstations/connect/connect-workstation.ts';
import { startTimeLimit } from '../../../../plugins/workstations/connect/time-limit.ts';
import type { Login, Workstation } from '../../../../plugins/workstations/contract.ts';
import { workstationKey } from '../../../../plugins/workstations/connect/workstation-key.ts';
import { type SshServer, startSshServer } from '../../../rig/ssh-server.ts';
import { createFakeProvider, fakeScope, type Sight, transient } from '../fake-provider.ts';
import { createSshRig } from '../ssh/ssh-rig.ts';
import { createTunnelRig, relayProgram, until } from '../tunnels/tunnel-rig.ts';

let server: SshServer;
beforeAll(async () => (server = await startSshServer()));
afterAll(() => server.close());

const workstation: Workstation = {
  name: 'box',
  provider: 'fake',
  state: 'running',
  providerState: 'running',
  scope: fakeScope,
  id: 'machines/box',
  uid: 'first',
};

/** A workstation whose sshd is the rig's, reached by real tunnels and a real ssh. */
async function prepare({
  sights = ['running'],
  readyCommand = ['true'],
}: { sights?: readonly Sight[]; readyCommand?: readonly string[] } = {}) {
  const tunnelRig = createTunnelRig();
  const { ssh, $, folder } = createSshRig();
  const key = workstationKey(workstation);
  const { privateFile: identityFile, publicKey } = await ssh.keyPair(key);
  appendFileSync(server.file('authorized_keys'), `${publicKey}\n`);
  const hostKeys = [readFileSync(server.file('host_key.pub'), 'utf8').split(' ', 2).join(' ')];
  const login: Login = { user: 'root', identityFile, hostKeys, folder: '/' };
  const provider = createFakeProvider();
  provider.show('box', ...sights);
  const relay = relayProgram(tunnelRig, { to: server.port });
  const said: string[] = [];
  const abort = new AbortController();
  const request: ConnectRequest = {
    provider: { ...provider, login: async () => login, tunnel: async () => relay },
    workstation,
    tunnels: tunnelRig.tunnels,
    ssh,
    $,
    readyCommand,
    limit: startTimeLimit(systemClock, 60_000),
    clock: systemClock,
    say: (text) => void said.push(text),
    signal: abort.signal,
  };
  /** From now on its limit is reached as soon as `isDue`, however fast this machine is. */
  const outlast = async (isDue: () => boolean): Promise<unknown> => {
    const clock = createFakeClock();
    const limit = startTimeLimit(clock, 60_000);
    const ended = connectWorkstation({ ...request, clock, limit }).catch((error: unknown) => error);
    await until(isDue);
    await clock.advance(60_000);
    return ended;
  };
  const config = (): string => readFileSync(join(folder, 'ssh_config'), 'utf8');
  return { ...tunnelRig, request, login, said, abort, outlast, config, folder };
}

test('the same tunnel leads there the next time, and ssh by what is given', async () => {
  const { request, processes } = await prepare();
  const first = await connectWorkstation(request);
  const second = await connectWorkstation(request);
  expect(second).toEqual(first);
  expect(first.tunnel).toMatchObject({ state: 'open', remotePort: 22, name: 'box' });
  expect(first.ssh).toMatchObject({ host: 'box.workstation', port: first.tunnel.port });
  expect(processes()).toEqual([first.tunnel.pid]);
});

test('what is not ready yet is tried again, said why, until it is', async () => {
  const { request, folder, said } = await prepare();
  const mark = join(folder, 'ready');
  request.readyCommand = ['test', '-e', mark];
  request.say = (text) => {
    said.push(text);
    writeFileSync(mark, '');
  };
  await connectWorkstation(request);
  expect(said[0]).toContain('box runs, and is not ready yet: `test -e');
});

test('failures that pass are waited for, whichever question they are of', async () => {
  const { request, login, said } = await prepare();
  const failures = [transient('HTTP 503'), transient('HTTP 429')];
  const { tunnel } = request.provider;
  const { provider } = request;
  const once = <T>(value: T) => {
    const failure = failures.pop();
    if (failure) throw failure;
    return value;
  };
  request.provider = {
    ...provider,
    login: async () => once(login),
    tunnel: async (...given) => once(await tunnel(...given)),
  };
  await connectWorkstation(request);
  expect(failures).toEqual([]);
  expect(said).toHaveLength(2);
});

describe('what fails leaves no tunnel of its own', () => {
  test('a login that is refused for good fails at once, in the words of ssh', async () => {
    const { request, login, processes, files, config } = await prepare();
    const other = readFileSync(server.file('user_key.pub'), 'utf8').split(' ', 2).join(' ');
    request.provider.login = async () => ({ ...login, hostKeys: [other] });
    await expect(connectWorkstation(request)).rejects.toMatchObject({
      code: 'DS_WORKSTATION_LOGIN',
      blame: 'environment',
      message: expect.stringContaining('Host key verification failed'),
    });
    expect(processes()).toEqual([]);
    expect(files().filter((file) => !file.endsWith('.lock'))).toEqual([]);
    expect(config()).not.toContain('Host box');
  });

  test('one that was there before stays', async () => {
    const { request, said, outlast, processes, config } = await prepare();
    const { tunnel } = await connectWorkstation(request);
    request.readyCommand = ['false'];
    const error = await outlast(() => said.length > 0);
    expect(error).toMatchObject({ code: 'DS_WORKSTATION_NOT_READY' });
    expect(processes()).toEqual([tunnel.pid]);
    expect(config()).toContain('Host box.workstation');
  });

  test('never ready: the limit, and why it was not the last time', async () => {
    const { said, outlast, processes } = await prepare({ readyCommand: ['false'] });
    const error = await outlast(() => said.length > 0);
    expect(error).toMatchObject({
      code: 'DS_WORKSTATION_NOT_READY',
      blame: 'outcome',
      message: expect.stringMatching(/Timed out.*1 m 0 s.*`false` ended with exit status 1/),
    });
    expect(processes()).toEqual([]);
  });

  test('a tunnel that nobody answers through: the limit', async () => {
    const rig = await prepare();
    const dead = relayProgram(rig, { to: 1 });
    rig.request.provider.tunnel = async () => dead;
    const error = await rig.outlast(() => rig.processes().length > 0);
    expect(error).toMatchObject({ code: 'DS_WORKSTATION_NOT_READY' });
    expect(rig.processes()).toEqual([]);
  });

  const ends = [
    ['stopped', 'DS_WORKSTATION_FAILED'],
    ['gone', 'DS_WORKSTATION_GONE'],
    ['other', 'DS_WORKSTATION_GONE'],
  ] as const;
  for (const [sight, code] of ends) {
    test(`${sight} while a login is waited for`, async () => {
      const sights = [transient('HTTP 503'), sight];
      const { request, processes } = await prepare({ sights, readyCommand: ['false'] });
      await expect(connectWorkstation(request)).rejects.toMatchObject({ code });
      expect(processes()).toEqual([]);
    });
  }

  test('an interruption ends it with its own reason', async () => {
    const { request, processes, folder, abort } = await prepare();
    const mark = join(folder, 'arrived');
    // Nobody ends it there but itself: when the folder goes, with the test.
    const waiting = `touch ${mark}; while test -e ${mark}; do sleep 0.2; done`;
    request.readyCommand = ['sh', '-c', waiting];
    const connecting = connectWorkstation(request);
    connecting.catch(() => {});
    await expect.poll(() => existsSync(mark), { timeout: 30_000 }).toBe(true);
    const reason = new Error('interrupted');
    abort.abort(reason);
    await expect(connecting).rejects.toBe(reason);
    expect(processes()).toEqual([]);
  });
});
