import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ContainerRun } from 'devservices/runner';
import { describe, expect, test } from 'vitest';
import { diffSpec, hashSpec } from '../../../../core/spec.ts';
import { normaliseContainer } from '../../../../plugins/docker/fields/normalise.ts';
import { createFolder } from '../fake-engine.ts';

const project = { project: 'p', checkout: 'c' };

function normalise(
  fields: Partial<ContainerRun>,
  {
    root = '/repo',
    environment = {},
  }: { root?: string; environment?: Record<string, string> } = {},
) {
  return normaliseContainer(
    { kind: 'container', image: 'x', ...fields },
    { service: 'db', project, root, environment },
  );
}

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  return expect.fail('nothing was thrown');
};

describe('a container’s fields', () => {
  test('defaults are explicit, what is left to the image is absent', () => {
    expect(normalise({})).toEqual({
      kind: 'container',
      image: 'x',
      environment: {},
      volumes: [],
      tmpfs: [],
      labels: {},
      aliases: [],
      extraHosts: [],
      restart: 'no',
      init: false,
      privileged: false,
      capAdd: [],
      capDrop: [],
      ulimits: {},
      sysctls: {},
      stopGracePeriod: 10_000,
    });
  });

  test('who needs this machine itself says so, on the project’s own network', () => {
    const run = (needsGateway: boolean, fields: Partial<ContainerRun> = {}) =>
      normaliseContainer(
        { kind: 'container', image: 'x', ...fields },
        { service: 'db', project, root: '/repo', environment: {}, needsGateway },
      );
    expect(run(false)).toEqual(normalise({}));
    expect(run(true)).toEqual({ ...normalise({}), needsGateway: true });
    for (const networkMode of ['host', 'bridge', 'none', 'service:web'] as const) {
      expect(run(true, { networkMode })).toEqual(normalise({ networkMode }));
    }
  });

  test('a secret is told by its name when it changes, and is where Compose has it', async () => {
    const files = (secret: string) => ({
      secrets: { a: Buffer.from(secret).toString('base64'), b: '' },
      configs: {},
    });
    const run = (secret: string) =>
      normaliseContainer(
        {
          kind: 'container',
          image: 'x',
          secrets: { a: { content: 'x', target: '/etc/a', mode: '0400' }, b: { file: './b' } },
        },
        { service: 'db', project, root: '/repo', environment: {}, files: files(secret) },
      );
    const key = Buffer.from('key');
    expect(diffSpec(hashSpec(run('1'), [], key), hashSpec(run('2'), [], key))).toEqual([
      'secrets.a',
    ]);
    expect(run('1')['secrets']).toMatchObject({
      a: [{ target: '/etc/a', content: 'MQ==', mode: 0o400, uid: 0 }],
      b: [{ target: '/run/secrets/b', source: '/repo/b' }],
    });
  });

  test('long forms and short ones are equal', () => {
    const long = normalise({
      volumes: [
        { type: 'volume', source: 'data', target: '/data' },
        { type: 'bind', source: './conf', target: '/etc/x', readOnly: true },
        { type: 'volume', target: '/anonymous' },
      ],
      devices: [{ source: '/dev/fuse' }],
      extraHosts: { a: ['1.2.3.4', '::1'] },
      networks: { other: null, default: null },
      memory: 1024,
      gpus: [{}],
      labels: { a: '1' },
      readOnly: false,
    });
    const short = normalise({
      volumes: ['data:/data', './conf:/etc/x:ro', '/anonymous'],
      devices: ['/dev/fuse'],
      extraHosts: ['a:1.2.3.4', 'a:::1'],
      networks: ['other'],
      memLimit: '1k',
      gpus: 'all',
      labels: ['a=1'],
    });
    expect(long).toEqual(short);
  });

  test('is plain JSON', () => {
    const run = normalise({ command: 'a b', healthcheck: { test: 'x' }, user: '1' });
    expect(JSON.parse(JSON.stringify(run))).toEqual(run);
  });

  test('equal meanings are equal', () => {
    const written = normalise({
      command: 'redis-server --save ""',
      stopGracePeriod: '1m',
      tmpfs: '/tmp',
      shmSize: '64mb',
      sysctls: { 'net.core.somaxconn': 10 },
      ulimits: { nofile: 5 },
      extraHosts: ['a=1.2.3.4'],
      healthcheck: { test: 'true', interval: '1s' },
    });
    const spelled = normalise({
      command: ['redis-server', '--save', ''],
      stopGracePeriod: 60_000,
      tmpfs: ['/tmp'],
      shmSize: 64 * 1024 * 1024,
      sysctls: { 'net.core.somaxconn': '10' },
      ulimits: { nofile: { soft: 5, hard: 5 } },
      extraHosts: ['a:1.2.3.4'],
      healthcheck: { test: ['CMD-SHELL', 'true'], interval: 1000 },
    });
    expect(written).toEqual(spelled);
  });

  test('volumes and folders', () => {
    const { volumes } = normalise({
      volumes: ['data:/var/lib/x', './conf:/etc/x:ro', '../up:/up/', '~/home:/h', '/abs:/abs:rw'],
    });
    const common = { readOnly: false };
    expect(volumes).toEqual([
      { type: 'volume', source: 'data', target: '/var/lib/x', ...common },
      { type: 'bind', source: '/repo/conf', target: '/etc/x', readOnly: true },
      { type: 'bind', source: '/up', target: '/up', ...common },
      { type: 'bind', source: join(homedir(), 'home'), target: '/h', ...common },
      { type: 'bind', source: '/abs', target: '/abs', ...common },
    ]);
  });

  test('envFile is read, later files win, environment wins over them', async () => {
    const root = await createFolder();
    await writeFile(join(root, 'a.env'), 'A=1\nB=1\nC=1\n');
    await writeFile(join(root, 'b.env'), 'B=2\nC=2\n');
    const run = normalise({ envFile: ['a.env', './b.env'] }, { root, environment: { C: '3' } });
    expect(run).toMatchObject({ environment: { A: '1', B: '2', C: '3' } });
    expect(run).not.toHaveProperty('envFile');
  });

  test('a disabled healthcheck overrides the image’s', () => {
    const run = normalise({ healthcheck: { test: '', disable: true } });
    expect(run).toMatchObject({ healthcheck: { test: ['NONE'] } });
  });
});

describe('what can not be is refused by its field', () => {
  test.each<[string, Partial<ContainerRun>]>([
    ['image', { image: ' ' }],
    ['command', { command: 'sh -c "open' }],
    ['command', { command: [] }],
    ['volumes', { volumes: ['data'] }],
    ['volumes', { volumes: ['data:relative'] }],
    ['volumes', { volumes: ['data:/x:zz'] }],
    ['volumes', { volumes: ['data:/x:shared'] }],
    ['volumes', { volumes: [{ type: 'bind', target: '/x' }] }],
    ['volumes', { volumes: [{ type: 'bind', source: '/y', target: '/x', tmpfs: {} }] }],
    ['volumes', { volumes: ['a b:/x'] }],
    ['volumes', { volumes: ['a/b:/x'] }],
    ['envFile', { envFile: 'missing.env' }],
    ['labels', { labels: { 'dev.devservices.project': 'x' } }],
    ['extraHosts', { extraHosts: ['nothing'] }],
    ['restart', { restart: 'sometimes' as 'no' }],
    ['stopGracePeriod', { stopGracePeriod: 'soon' }],
    ['shmSize', { shmSize: 'much' }],
    ['healthcheck', { healthcheck: { test: ['pg_isready'] } }],
    ['healthcheck.interval', { healthcheck: { test: 'x', interval: 'often' } }],
    ['secrets', { readOnly: true, secrets: { a: { content: 'x' } } }],
  ])('%s: %j', (field, fields) => {
    expect(thrownBy(() => normalise(fields))).toMatchObject({
      code: 'DS_DOCKER_FIELD_INVALID',
      blame: 'user',
      facts: { service: 'db', field },
    });
  });

  test('a malformed line of an envFile is named by number and not shown', async () => {
    const root = await createFolder();
    await writeFile(join(root, 'x.env'), 'A=1\nhunter2\n');
    const thrown = thrownBy(() => normalise({ envFile: 'x.env' }, { root })) as Error;
    expect(thrown.message).toContain('line 2');
    expect(thrown.message).not.toContain('hunter2');
  });
});
