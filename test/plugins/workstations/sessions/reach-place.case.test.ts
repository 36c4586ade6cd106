import { appendFileSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../core/clock.ts';
import { workstationsOptions } from '../../../../plugins/workstations/options.ts';
import { reachPlace } from '../../../../plugins/workstations/sessions/reach-place.ts';
import type { SessionContext } from '../../../../plugins/workstations/sessions/session-context.ts';
import { type SshServer, startSshServer } from '../../../rig/ssh-server.ts';
import { createFakeProvider, fakeScope } from '../fake-provider.ts';
import { createSshRig } from '../ssh/ssh-rig.ts';
import { createTunnelRig, relayProgram } from '../tunnels/tunnel-rig.ts';

let server: SshServer;
beforeAll(async () => (server = await startSshServer()));
afterAll(() => server.close());

const wait = { signal: new AbortController().signal };

/** A provider whose workstation's sshd is the rig's. */
async function prepare() {
  const { tunnels, ...rig } = createTunnelRig();
  const { ssh, $ } = createSshRig();
  const { privateFile: identityFile, publicKey } = await ssh.keyPair('box');
  appendFileSync(server.file('authorized_keys'), `${publicKey}\n`);
  const hostKeys = [readFileSync(server.file('host_key.pub'), 'utf8').split(' ', 2).join(' ')];
  const fake = createFakeProvider();
  const context: SessionContext = {
    provider: {
      ...fake,
      login: async () => ({ user: 'root', identityFile, hostKeys, folder: '/' }),
      tunnel: async () => relayProgram(rig, { to: server.port }),
    },
    scope: { project: fakeScope.project },
    tunnels,
    ssh,
    options: workstationsOptions.parse(undefined),
    $,
    clock: systemClock,
    log: { info: () => {}, warn: () => {} },
  };
  return { context, fake, ...rig };
}

test('where a tunnel is open the provider is not asked; where it is dead, or of elsewhere, it is', async () => {
  const { context, fake, processes } = await prepare();
  fake.show('box', 'running');
  const first = await reachPlace(context, 'box', wait);
  expect(fake.count('find box')).toBe(1);
  expect(await reachPlace(context, 'box', wait)).toEqual({
    host: 'box.workstation',
    configFile: first.configFile,
  });
  expect(fake.count('find box')).toBe(1);

  fake.show('box', 'stopped');
  const elsewhere = { ...context, scope: { project: 'another' } };
  await expect(reachPlace(elsewhere, 'box', wait)).rejects.toMatchObject({
    code: 'DS_WORKSTATION_NOT_RUNNING',
    hint: expect.stringContaining('devservices workstations start box'),
  });
  for (const pid of processes()) process.kill(pid, 'SIGKILL');
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
  await expect(reachPlace(context, 'box', wait)).rejects.toMatchObject({
    code: 'DS_WORKSTATION_NOT_RUNNING',
  });
  expect(fake.count('start box')).toBe(0);
});
