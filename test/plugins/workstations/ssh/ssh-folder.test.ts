import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Login } from '../../../../plugins/workstations/contract.ts';
import { placesOf } from '../../../../plugins/workstations/ssh/ssh-places.ts';
import { createSshRig } from './ssh-rig.ts';

const login: Login = {
  user: 'me',
  folder: '/home/me/shop',
  identityFile: '/keys/one',
  hostKeys: ['ssh-ed25519 AAAAone', 'ssh-rsa AAAAtwo'],
};
const box = { workstation: 'docker shop box 1', name: 'box', login, port: 4022 };

test('a place is what ssh and editors need', async () => {
  const { ssh, folder } = createSshRig();
  const place = await ssh.place(box);
  const { key, knownHosts } = placesOf(folder, box.workstation);
  expect(place).toEqual({
    host: 'box.workstation',
    user: 'me',
    port: 4022,
    configFile: join(folder, 'ssh_config'),
    config: [
      'Host box.workstation',
      '  HostName 127.0.0.1',
      '  Port 4022',
      '  User "me"',
      '  IdentityFile "/keys/one"',
      '  IdentitiesOnly yes',
      `  HostKeyAlias ${key}`,
      `  UserKnownHostsFile "${knownHosts}"`,
      '  GlobalKnownHostsFile /dev/null',
      '  StrictHostKeyChecking yes',
      '  UpdateHostKeys no',
      '  CheckHostIP no',
      '  ServerAliveInterval 15',
      '  ServerAliveCountMax 4',
    ].join('\n'),
    command: `ssh -F ${join(folder, 'ssh_config')} box.workstation`,
    vscode: 'vscode://vscode-remote/ssh-remote+box.workstation/home/me/shop',
    jetbrains:
      'jetbrains-gateway://connect#type=ssh&deploy=false&host=127.0.0.1&port=4022&user=me&projectPath=/home/me/shop',
  });
  expect(readFileSync(place.configFile, 'utf8')).toContain(place.config);
  expect(readFileSync(knownHosts, 'utf8')).toBe(
    `${key} ssh-ed25519 AAAAone\n${key} ssh-rsa AAAAtwo\n`,
  );
  const modes = [place.configFile, knownHosts, join(folder, 'known_hosts')].map((path) =>
    (statSync(path).mode & 0o777).toString(8),
  );
  expect(modes).toEqual(['600', '600', '700']);
});

test('without keys that are known beforehand, those of the first use are kept', async () => {
  const { ssh, folder } = createSshRig();
  const { config } = await ssh.place({ ...box, login: { user: 'me', folder: '/home/me' } });
  expect(config).toContain('StrictHostKeyChecking accept-new');
  expect(config).not.toMatch(/Identit/);
  expect(existsSync(placesOf(folder, box.workstation).knownHosts)).toBe(false);
});

describe('an alias', () => {
  const other = { ...box, workstation: 'gcloud p r c g box 2', port: 4023 };

  test('is the workstation’s own, also beside another one of that name', async () => {
    const { ssh } = createSshRig();
    const first = await ssh.place(box);
    const second = await ssh.place(other);
    expect(second.host).toMatch(/^box-[0-9a-f]{4}\.workstation$/);
    expect((await ssh.place({ ...box, port: 5000 })).host).toBe(first.host);
    // An editor that is open knows it by that.
    await ssh.withdraw(box.workstation);
    expect((await ssh.place(other)).host).toBe(second.host);
  });

  test('is taken over from one that nothing leads to any more, whose lines go', async () => {
    const { ssh } = createSshRig();
    await ssh.place(box);
    const asked: string[] = [];
    const isLiving = (workstation: string) => {
      asked.push(workstation);
      return false;
    };
    const { host, configFile } = await ssh.place({ ...other, isLiving });
    expect(host).toBe('box.workstation');
    expect(asked).toEqual([box.workstation]);
    expect(readFileSync(configFile, 'utf8').match(/^Host /gm)).toHaveLength(1);
  });

  test('is no pattern', async () => {
    const { ssh } = createSshRig();
    const { host } = await ssh.place({ ...box, name: 'a* !b?\nHost *' });
    expect(host).toBe('a___b__Host__.workstation');
  });
});

test('places that are made at once are all kept', async () => {
  const { ssh, folder } = createSshRig();
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const places = await Promise.all(
    numbers.map((n) => ssh.place({ ...box, workstation: `docker shop ${n}`, port: 4000 + n })),
  );
  expect(new Set(places.map(({ host }) => host)).size).toBe(20);
  const text = readFileSync(join(folder, 'ssh_config'), 'utf8');
  expect(places.filter(({ config }) => !text.includes(config))).toEqual([]);
});

test('what is withdrawn leads nowhere; what is dropped leaves nothing at all', async () => {
  const { ssh, folder } = createSshRig();
  const kept = await ssh.place({ ...box, workstation: 'another', name: 'other' });
  await ssh.place(box);
  const { knownHosts } = placesOf(folder, box.workstation);
  await ssh.withdraw(box.workstation);
  const text = () => readFileSync(join(folder, 'ssh_config'), 'utf8');
  expect(text()).not.toContain('box.workstation');
  expect(text()).toContain(kept.config);
  expect(existsSync(knownHosts)).toBe(false);
  await ssh.place(box);
  await ssh.drop(box.workstation);
  await ssh.drop(box.workstation);
  expect(text()).not.toContain('box.workstation');
  expect(existsSync(knownHosts)).toBe(false);
  ssh.forgetHostKeys('nobody');
});

test('what is no configuration of ours is replaced by one', async () => {
  const { ssh } = createSshRig();
  const { configFile, config } = await ssh.place(box);
  writeFileSync(configFile, 'Host mine\n# workstation {\nHost x\n\n# workstation {"alias":1}\n');
  await ssh.place(box);
  const text = readFileSync(configFile, 'utf8');
  expect(text).toContain(config);
  expect(text).not.toMatch(/mine|Host x/);
});
