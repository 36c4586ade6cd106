import type { Instance } from 'devservices/runner';
import { describe, expect, test } from 'vitest';
import { createDockerRunner } from '../../../../plugins/docker/runner/docker-runner.ts';
import { startFakeEngine } from '../fake-engine.ts';

const project = { project: 'shop', checkout: 'c0ffee' };
const imageId = `sha256:${'a'.repeat(64)}`;
const ports = [{ name: 'sql', container: 5432, host: 15432, protocol: 'tcp' }];
const never = new AbortController().signal;

const listed = (fields: { Labels?: object; [field: string]: unknown } = {}) => ({
  Id: 'id1',
  Names: ['/shop_db'],
  Image: 'postgres:17',
  ImageID: imageId,
  Created: 1_700_000_000,
  Ports: [],
  State: 'running',
  Status: 'Up 3 seconds (healthy)',
  NetworkSettings: { Networks: { shop: { EndpointID: 'e1', IPAddress: '172.18.0.2' } } },
  ...fields,
  Labels: {
    'dev.devservices.project': 'shop',
    'dev.devservices.checkout': 'c0ffee',
    'dev.devservices.service': 'db',
    'dev.devservices.run': 'docker',
    'dev.devservices.spec': '{"v":1,"fields":{"image":"abc"}}',
    'dev.devservices.container': JSON.stringify({ image: 'postgres:17', ports }),
    ...fields.Labels,
  },
});

async function observe(
  containers: object[],
  images: Record<string, string> = {},
  networks: readonly object[] = [],
) {
  const peer = await startFakeEngine(({ url = '' }, response) => {
    response.setHeader('content-type', 'application/json');
    if (url.startsWith('/v1.41/containers/json?'))
      return void response.end(JSON.stringify(containers));
    if (url.startsWith('/v1.41/networks?')) return void response.end(JSON.stringify(networks));
    const image = /^\/v1\.41\/images\/(.*)\/json/.exec(url)?.[1] ?? '';
    const Id = images[decodeURIComponent(image)];
    if (Id === undefined) return false;
    response.end(JSON.stringify({ Id }));
    return true;
  });
  const runner = createDockerRunner({ engine: peer.url, env: {} });
  expect(await runner.available(never)).toEqual({ available: true });
  const seen = await runner.observe(project, never);
  await runner.close();
  return { ...seen, requests: peer.requests };
}

describe('one look at a project', () => {
  test('is one ping and one list call, also after available()', async () => {
    const { requests } = await observe([listed()]);
    const filters = encodeURIComponent('{"label":["dev.devservices.project=shop"]}');
    expect(requests).toEqual(['GET /_ping', `GET /v1.41/containers/json?all=1&filters=${filters}`]);
  });

  test('tells what there is to know', async () => {
    const { instances } = await observe([listed()]);
    expect(instances).toEqual<Instance[]>([
      {
        kind: 'container',
        service: 'db',
        runKey: 'docker',
        id: 'id1',
        generation: 'id1:e1',
        status: 'running',
        health: 'healthy',
        spec: { v: 1, fields: { image: 'abc' } },
        endpoints: { sql: { host: '127.0.0.1', port: 15432 } },
        createdAt: 1_700_000_000_000,
      },
    ]);
  });

  test('containers of another checkout are foreign', async () => {
    const other = listed({ Labels: { 'dev.devservices.checkout': 'beef' } });
    const { instances, foreign } = await observe([other, { ...listed(), Labels: null }]);
    expect(instances).toEqual([]);
    expect(foreign).toEqual([
      { name: 'shop_db', service: 'db', checkout: 'beef' },
      { name: 'shop_db', service: '', checkout: '' },
    ]);
  });

  test.each(['{', '[]', '{"v":2,"fields":{}}'])('a spec like %s is none', async (spec) => {
    const { instances } = await observe([listed({ Labels: { 'dev.devservices.spec': spec } })]);
    expect(instances[0]).not.toHaveProperty('spec');
  });

  test('a name that stands for another image now is drift', async () => {
    const moved = listed({ Image: imageId });
    const { instances } = await observe([moved], { 'postgres:17': `sha256:${'b'.repeat(64)}` });
    expect(instances[0]?.drift).toEqual({
      field: 'image',
      text: 'postgres:17 now stands for another image (bbbbbbbbbbbb)',
    });
  });

  test('a name that is gone is none', async () => {
    const { instances } = await observe([listed({ Image: imageId })]);
    expect(instances[0]).not.toHaveProperty('drift');
  });

  describe('a container that was told its network’s gateway', () => {
    const memory = JSON.stringify({ image: 'postgres:17', ports, gateway: '172.18.0.1' });
    const told = (gateway: string, fields: object = {}) =>
      listed({
        NetworkSettings: {
          Networks: {
            shop: { NetworkID: 'n1', EndpointID: 'e1', IPAddress: '172.18.0.2', Gateway: gateway },
          },
        },
        Labels: { 'dev.devservices.container': memory },
        ...fields,
      });
    const stopped = listed({
      State: 'exited',
      Status: 'Exited (0) 1 second ago',
      NetworkSettings: { Networks: { shop: { NetworkID: 'n1' } } },
      Labels: { 'dev.devservices.container': memory },
    });

    test('is as it was while that holds, which costs no call', async () => {
      const { instances, requests } = await observe([told('172.18.0.1')]);
      expect(instances[0]).not.toHaveProperty('drift');
      expect(requests).toHaveLength(2);
    });

    test('drifted when it has another one', async () => {
      const { instances } = await observe([told('172.19.0.1')]);
      expect(instances[0]?.drift).toEqual({
        field: 'network',
        text: 'the network shop has another gateway now (172.19.0.1)',
      });
    });

    test('drifted when it does not run and the network is gone, or is not this machine’s', async () => {
      const text = 'the network shop is not there any more';
      const gone = await observe([stopped]);
      expect(gone.instances[0]?.drift).toEqual({ field: 'network', text });
      const Labels = {
        'dev.devservices.project': 'shop',
        'dev.devservices.checkout': 'c0ffee',
      };
      const IPAM = { Config: [{ Gateway: '172.18.0.1' }] };
      const elsewhere = { Id: 'f'.repeat(64), Name: 'shop', Created: '', Labels, IPAM };
      const seen = await observe([stopped], {}, [elsewhere]);
      expect(seen.instances[0]?.drift).toEqual({ field: 'network', text });
    });
  });

  test('an image that was asked for by its id does not drift, and costs no call', async () => {
    const memory = JSON.stringify({ image: imageId.slice(0, 19), ports });
    const byId = listed({ Image: imageId, Labels: { 'dev.devservices.container': memory } });
    const { instances, requests } = await observe([byId]);
    expect(instances[0]).not.toHaveProperty('drift');
    expect(requests).toHaveLength(2);
  });
});
