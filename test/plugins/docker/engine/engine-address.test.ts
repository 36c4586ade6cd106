import { describe, expect, test } from 'vitest';
import {
  remoteHostOf,
  resolveEngineAddress,
} from '../../../../plugins/docker/engine/engine-address.ts';
import type {
  EngineAddress,
  SshAddress,
} from '../../../../plugins/docker/engine/engine-address.ts';
import { describeRoute } from '../../../../plugins/docker/engine/engine-route.ts';
import { engineArguments } from '../../../../plugins/docker/engine/ssh/ssh-command.ts';

const resolve = (text: string, tls?: object) => resolveEngineAddress(text, { way: 'test', tls });

describe('addresses of engines', () => {
  test.each([
    ['unix:///run/docker.sock', { kind: 'socket', path: '/run/docker.sock' }],
    ['/run/docker.sock', { kind: 'socket', path: '/run/docker.sock' }],
    ['tcp://10.0.0.7', { kind: 'tcp', host: '10.0.0.7', port: 2375 }],
    ['box:4000', { kind: 'tcp', host: 'box', port: 4000 }],
    ['tcp://[::1]:4000', { kind: 'tcp', host: '::1', port: 4000 }],
    ['http://box:80', { kind: 'tcp', port: 80 }],
    ['https://box:4000', { kind: 'tcp', port: 4000, tls: {}, url: 'https://box:4000' }],
  ])('%s', (text, address) => {
    expect(resolve(text)).toMatchObject(address);
  });

  test('tcp with certificates has the port that goes with them', () => {
    const address = resolve('tcp://box', { ca: 'x' });
    expect(address).toMatchObject({ port: 2376, tls: { ca: 'x' } });
  });

  test.each(['unix://relative.sock', 'ftp://box', 'tcp://', 'tcp://a b', 'unix://'])(
    '%s is a problem, not a crash',
    (text) => expect(resolve(text)).toHaveProperty('problem'),
  );

  test.each([
    ['ssh://box', { kind: 'ssh', host: 'box' }],
    ['ssh://me@10.0.0.7:2222', { host: '10.0.0.7', user: 'me', port: 2222 }],
    ['ssh://me@[::1]/', { host: '::1', user: 'me' }],
    ['ssh://box/run/user/1000/podman/podman.sock', { path: '/run/user/1000/podman/podman.sock' }],
  ])('%s', (text, address) => {
    expect(resolve(text)).toMatchObject(address);
    expect(resolve(text)).not.toHaveProperty('problem');
  });

  test.each([
    'ssh://-oProxyCommand=touch%20x',
    'ssh://-oProxyCommand=x@box',
    'ssh://me:hunter2@box',
    'ssh://me@bo$(id)x',
    'ssh://`id`@box',
    'ssh://box/a b',
    "ssh://box/a';id;'",
    'ssh://box/$(id)',
    'ssh://box?x=1',
    'ssh://',
  ])('%s never becomes words for ssh or a shell', (text) => {
    expect(resolve(text)).toHaveProperty('problem');
  });

  test('what goes to ssh ends its options before the host', () => {
    const address = resolve('ssh://me@box:2222/run/e.sock') as SshAddress;
    const args = engineArguments(address, { isAttended: false });
    expect(args.join(' ')).toBe(
      '-l me -p 2222 -o BatchMode=yes -o RemoteCommand=none -o ClearAllForwardings=yes -T -- box ' +
        'docker --host unix:///run/e.sock system dial-stdio',
    );
    expect(engineArguments(address, { isAttended: true })).not.toContain('BatchMode=yes');
    expect(
      engineArguments({ ...address, isForwarded: true }, { isAttended: true }).slice(-4),
    ).toEqual(['-W', '/run/e.sock', '--', 'box']);
  });

  test('the way to its machine has the host last, and forwards what it is told to', () => {
    const address = resolve('ssh://me@box:2222/run/e.sock') as SshAddress;
    const route = describeRoute({ ...address, configFile: '/s/config' }, { isAttended: false });
    expect(route).toEqual({
      url: 'ssh://me@box:2222/run/e.sock',
      isLocal: false,
      sshArguments: '-F /s/config -l me -p 2222 -o BatchMode=yes -o RemoteCommand=none box'.split(
        ' ',
      ),
    });
    for (const [url, isLocal] of [
      ['unix:///run/e.sock', true],
      ['tcp://10.0.0.7', false],
    ] as const) {
      const other = describeRoute(resolve(url) as EngineAddress, { isAttended: true });
      expect(other).toMatchObject({ isLocal });
      expect(other).not.toHaveProperty('sshArguments');
    }
  });

  test.each([
    ['unix:///run/e.sock', undefined],
    ['tcp://127.0.0.1:2375', undefined],
    ['tcp://[::1]:2375', undefined],
    ['tcp://10.0.0.7', '10.0.0.7'],
    ['ssh://localhost:2222', 'localhost'],
  ])('the ports of %s are on %s', (text, host) => {
    expect(remoteHostOf(resolve(text) as EngineAddress)).toBe(host);
  });

  test('a socket path that the kernel would cut is refused', () => {
    expect(resolve(`unix:///${'x'.repeat(120)}`)).toHaveProperty('problem');
  });
});
