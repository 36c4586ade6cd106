import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCliEnvironment } from '../../../../plugins/docker/build/cli-environment.ts';

const socket = { kind: 'socket', path: '/run/e.sock', url: 'unix:///run/e.sock' } as const;

test('asks the engine in use, whatever else the environment names', async () => {
  const { env } = await openCliEnvironment(socket, {
    PATH: '/bin',
    DOCKER_HOST: 'tcp://elsewhere:2375',
    DOCKER_CONTEXT: 'other',
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: '/certs',
    UNSET: undefined,
  });
  expect(env).toEqual({
    PATH: '/bin',
    DOCKER_HOST: 'unix:///run/e.sock',
    BUILDX_BUILDER: 'default',
    BUILDX_NO_DEFAULT_ATTESTATIONS: '1',
  });
});

test('a builder that somebody names is theirs to name', async () => {
  const { env } = await openCliEnvironment(socket, { BUILDX_BUILDER: 'mine' });
  expect(env['BUILDX_BUILDER']).toBe('mine');
});

test('certificates are handed over in a private folder, which goes again', async () => {
  const address = {
    kind: 'tcp',
    host: '::1',
    port: 2376,
    tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
    url: 'https://[::1]:2376',
  } as const;
  const { env, close } = await openCliEnvironment(address, {});
  const folder = env['DOCKER_CERT_PATH'] ?? '';
  expect(env).toMatchObject({ DOCKER_HOST: 'tcp://[::1]:2376', DOCKER_TLS_VERIFY: '1' });
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder).toSorted()).toEqual(['ca.pem', 'cert.pem', 'key.pem']);
  expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'key.pem'), 'utf8')).toBe('KEY');
  await close();
  expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
});

test('an engine that is not verified is not verified by the command line either', async () => {
  const address = {
    kind: 'tcp',
    host: 'engine',
    port: 2376,
    tls: { skipVerify: true },
    url: 'https://engine:2376',
  } as const;
  const { env, close } = await openCliEnvironment(address, {});
  expect(env['DOCKER_TLS']).toBe('1');
  expect(env).not.toHaveProperty('DOCKER_TLS_VERIFY');
  await close();
});

test('an engine behind ssh keeps its user and port', async () => {
  const address = {
    kind: 'ssh',
    host: 'build',
    user: 'ada',
    port: 2222,
    url: 'ssh://build:2222',
  } as const;
  const { env } = await openCliEnvironment(address, {});
  expect(env['DOCKER_HOST']).toBe('ssh://ada@build:2222');
});

test('an ssh of another configuration is handed over as the first on the PATH', async () => {
  const address = {
    kind: 'ssh',
    host: 'box.workstation',
    configFile: '/s/ssh config',
    url: 'workstation://box',
  } as const;
  const { env, close } = await openCliEnvironment(address, { PATH: '/usr/bin:/bin' });
  expect(env['DOCKER_HOST']).toBe('ssh://box.workstation');
  expect(env['DEVSERVICES_SSH_CONFIG']).toBe('/s/ssh config');
  const [folder = '', ...rest] = env['PATH']?.split(':') ?? [];
  expect(rest).toEqual(['/usr/bin', '/bin']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readdirSync(folder)).toEqual(['ssh']);
  // No name is part of what a shell reads.
  expect(readFileSync(join(folder, 'ssh'), 'utf8')).not.toContain('/s/');
  await close();
  expect(statSync(folder, { throwIfNoEntry: false })).toBeUndefined();
});
