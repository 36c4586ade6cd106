import type { ResolvedRun, Target } from 'devservices/runner';
import { expect, test } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { listMissingImages } from '../../../../plugins/docker/images/list-missing.ts';
import { never } from '../case-project.ts';
import { startFakeEngine } from '../fake-engine.ts';

const id = 'a1b2c3d4e5f6'.padEnd(64, '0');
const listed = [
  { Id: `sha256:${id}`, RepoTags: ['redis:7'], RepoDigests: ['redis@sha256:d1'] },
  { Id: 'sha256:1', RepoTags: ['docker.io/library/postgres:17', 'localhost/shop_api:latest'] },
  { Id: 'sha256:2', RepoTags: null, RepoDigests: null },
];

async function ask(...runs: readonly object[]) {
  const peer = await startFakeEngine(({ url = '' }, response) => {
    response.setHeader('content-type', 'application/json');
    if (url.includes('/images/json')) response.end(JSON.stringify(listed));
    else response.end('{"Id":"sha256:1","Os":"linux","Architecture":"amd64"}');
  });
  const engine = createEngine({ engine: peer.url, env: {} });
  const sizes = { of: (image: string) => (image === 'mysql:9' ? 500 : undefined), note: () => {} };
  const targets = runs.map(
    (run, index) =>
      ({ service: `s${index}`, run: { kind: 'container', ...run } as ResolvedRun }) as Target,
  );
  const missing = await listMissingImages({ engine, sizes }, targets, never);
  return { missing, requests: peer.requests.filter((request) => !request.includes('_ping')) };
}

test('one list call tells what is not here, with the size where it is known', async () => {
  const { missing, requests } = await ask(
    { image: 'redis:7' },
    { image: 'mysql:9' },
    { image: 'redis' },
    { image: 'shop_web', build: {} },
  );
  expect(missing).toEqual([
    { service: 's1', image: 'mysql:9', bytes: 500 },
    { service: 's2', image: 'redis' },
    { service: 's3', image: 'shop_web', isBuilt: true },
  ]);
  expect(requests).toHaveLength(1);
});

test.each([
  'docker.io/library/redis:7',
  'redis@sha256:d1',
  'postgres:17',
  'shop_api',
  `sha256:${id}`,
  id.slice(0, 12),
])('%s is here, however engine and configuration write it', async (image) => {
  expect((await ask({ image })).missing).toEqual([]);
});

test('an image of another platform is missing, and what is here is said', async () => {
  const { missing } = await ask(
    { image: 'redis:7', platform: 'linux/arm64' },
    { image: 'redis:7', platform: 'linux/amd64' },
  );
  expect(missing).toEqual([
    {
      service: 's0',
      image: 'redis:7',
      note: 'wanted for linux/arm64, here for linux/amd64 only',
    },
  ]);
});
