import { container } from 'devservices';
import type { ContainerFields } from 'devservices';
import type { PortBinding, Target } from 'devservices/runner';
import { describe, expect, test } from 'vitest';
import { createBody } from '../../../../plugins/docker/creation/create-body.ts';
import type { CreationPlace } from '../../../../plugins/docker/creation/create-body.ts';
import { normaliseContainer } from '../../../../plugins/docker/fields/normalise.ts';

const project = { project: 'shop', checkout: 'c0ffee' };

function bodyOf(
  fields: Partial<ContainerFields>,
  ports: PortBinding[] = [],
  place?: CreationPlace,
) {
  const context = { service: 'db', project, root: '/repo', environment: { A: '1' } };
  const run = normaliseContainer(container({ image: 'x:1', ...fields }), context);
  const spec = { v: 1, fields: { image: 'abc' } } as const;
  const target: Target = { project, service: 'db', runKey: 'docker', run, ports, spec };
  return createBody(target, place);
}

describe('the create request', () => {
  test('says what is ours in labels, and the name only follows', () => {
    const { query, body } = bodyOf({ labels: { mine: 'yes' } });
    expect(query).toEqual({ name: 'shop_db' });
    expect(body['Labels']).toMatchObject({
      mine: 'yes',
      'dev.devservices.project': 'shop',
      'dev.devservices.checkout': 'c0ffee',
      'dev.devservices.service': 'db',
      'dev.devservices.run': 'docker',
      'dev.devservices.spec': '{"v":1,"fields":{"image":"abc"}}',
    });
  });

  test('publishes on the loopback interface only', () => {
    const { body } = bodyOf({}, [
      { name: 'sql', container: 5432, host: 15432, protocol: 'tcp' },
      { name: 'more', container: 5432, host: 15433, protocol: 'tcp' },
      { name: 'dns', container: 53, host: 1053, protocol: 'udp' },
    ]);
    expect(body['HostConfig']).toMatchObject({
      PortBindings: {
        '5432/tcp': [
          { HostIp: '127.0.0.1', HostPort: '15432' },
          { HostIp: '127.0.0.1', HostPort: '15433' },
        ],
        '53/udp': [{ HostIp: '127.0.0.1', HostPort: '1053' }],
      },
    });
    expect(body['ExposedPorts']).toEqual({ '5432/tcp': {}, '53/udp': {} });
  });

  test('is reachable by its name and its aliases on the project’s network', () => {
    const { body } = bodyOf({ aliases: ['postgres', 'db'] });
    expect(body['HostConfig']).toMatchObject({ NetworkMode: 'shop' });
    const EndpointsConfig = { shop: { Aliases: ['db', 'postgres'] } };
    expect(body['NetworkingConfig']).toEqual({ EndpointsConfig });
  });

  test('host.docker.internal is there unless set', () => {
    const hosts = (extraHosts: string[]) => bodyOf({ extraHosts }).body['HostConfig'];
    expect(hosts(['a:1.2.3.4'])).toMatchObject({
      ExtraHosts: ['a:1.2.3.4', 'host.docker.internal:host-gateway'],
    });
    expect(hosts(['host.docker.internal:9.9.9.9'])).toMatchObject({
      ExtraHosts: ['host.docker.internal:9.9.9.9'],
    });
  });

  test('a known gateway is what host.docker.internal means, and is remembered, unless set', () => {
    const made = (extraHosts: string[]) => {
      const { body } = bodyOf({ extraHosts }, [], { gateway: '172.18.0.1' });
      const { ExtraHosts } = body['HostConfig'] as { ExtraHosts: string[] };
      const labels = body['Labels'] as Record<string, string>;
      const memory = JSON.parse(labels['dev.devservices.container'] ?? '') as object;
      return { ExtraHosts, memory };
    };
    expect(made(['a:1.2.3.4'])).toEqual({
      ExtraHosts: ['a:1.2.3.4', 'host.docker.internal:172.18.0.1'],
      memory: { image: 'x:1', ports: [], networkMode: 'shop', gateway: '172.18.0.1' },
    });
    expect(made(['host.docker.internal:9.9.9.9'])).toEqual({
      ExtraHosts: ['host.docker.internal:9.9.9.9'],
      memory: { image: 'x:1', ports: [], networkMode: 'shop' },
    });
  });

  test('every other field arrives in the engine’s units and words', () => {
    const { query, body } = bodyOf({
      command: 'a b',
      entrypoint: '',
      user: '1000',
      workingDir: '/w',
      hostname: 'h',
      volumes: ['data:/d', '/etc:/e:ro'],
      tmpfs: ['/tmp', '/run:size=1m'],
      healthcheck: { test: 'x', interval: '1s', timeout: 500, retries: 2, startPeriod: '1m' },
      restart: 'on-failure:3',
      init: true,
      platform: 'linux/amd64',
      privileged: true,
      capAdd: ['NET_ADMIN'],
      capDrop: ['ALL'],
      shmSize: '64m',
      ulimits: { nofile: { soft: 1, hard: 2 } },
      sysctls: { 'net.core.somaxconn': 9 },
      stopSignal: 'SIGINT',
      stopGracePeriod: '1500ms',
    });
    expect(query).toEqual({ name: 'shop_db', platform: 'linux/amd64' });
    expect(body).toMatchObject({
      Image: 'x:1',
      Cmd: ['a', 'b'],
      Entrypoint: [''],
      Env: ['A=1'],
      User: '1000',
      WorkingDir: '/w',
      Hostname: 'h',
      Healthcheck: {
        Test: ['CMD-SHELL', 'x'],
        Interval: 1e9,
        Timeout: 5e8,
        Retries: 2,
        StartPeriod: 6e10,
      },
      StopSignal: 'SIGINT',
      StopTimeout: 2,
      HostConfig: {
        Mounts: [
          { Type: 'volume', Source: 'shop_db_data', Target: '/d', ReadOnly: false },
          { Type: 'bind', Source: '/etc', Target: '/e', ReadOnly: true },
        ],
        Tmpfs: { '/tmp': '', '/run': 'size=1m' },
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        Init: true,
        Privileged: true,
        CapAdd: ['NET_ADMIN'],
        CapDrop: ['ALL'],
        ShmSize: 64 * 1024 * 1024,
        Ulimits: [{ Name: 'nofile', Soft: 1, Hard: 2 }],
        Sysctls: { 'net.core.somaxconn': '9' },
      },
    });
  });
});
