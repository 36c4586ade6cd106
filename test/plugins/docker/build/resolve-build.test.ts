import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { container, type ContainerFields } from 'devservices';
import { afterAll, describe, expect, test } from 'vitest';
import { resolveBuild } from '../../../../plugins/docker/build/resolve-build.ts';
import { imageBuildOf } from '../../../../plugins/docker/build/resolved-build.ts';
import { hashSpec } from '../../../../core/spec.ts';

const root = mkdtempSync(join(tmpdir(), 'devservices-test-'));
afterAll(() => rmSync(root, { recursive: true }));
mkdirSync(join(root, 'api'));
mkdirSync(join(root, 'shared'));
writeFileSync(join(root, 'api/Dockerfile'), 'FROM alpine AS base\nFROM base AS dev\n');
writeFileSync(join(root, 'Dockerfile'), 'FROM alpine\n');
const project = { project: 'shop', checkout: 'c0ffee' };
const context = { service: 'api', project, root, environment: {} };

const resolve = (build: ContainerFields['build'], more: ContainerFields = {}, env = {}) =>
  resolveBuild(container({ ...more, ...(build === undefined ? {} : { build }) }), context, env)
    .build;

function codeOf(build: ContainerFields['build'], more: ContainerFields = {}): unknown {
  try {
    return resolve(build, more);
  } catch (thrown) {
    return (thrown as { code: string }).code;
  }
}

test('a container that is not built has no build', () => {
  expect(resolveBuild(container({ image: 'redis' }), context, {})).toEqual({});
});

test('a path alone is the context', () => {
  expect(resolve('./api')).toEqual({ context: join(root, 'api') });
  expect(resolve({})).toEqual({ context: root });
});

test('paths are absolute, and what is empty is left out', () => {
  expect(
    resolve({
      context: 'api',
      dockerfile: 'Dockerfile',
      target: 'DEV',
      args: { A: 1, B: true, C: 'c' },
      secrets: { one: { file: 'one.txt' }, two: { env: 'TWO' } },
      ssh: ['default', 'git=keys/id'],
      additionalContexts: { shared: './shared', base: 'docker-image://alpine' },
      cacheFrom: [],
      shmSize: 1024,
    }),
  ).toEqual({
    context: join(root, 'api'),
    dockerfile: join(root, 'api/Dockerfile'),
    target: 'DEV',
    args: { A: '1', B: 'true', C: 'c' },
    secrets: { one: { file: join(root, 'one.txt') }, two: { env: 'TWO' } },
    ssh: ['default', `git=${join(root, 'keys/id')}`],
    additionalContexts: { shared: join(root, 'shared'), base: 'docker-image://alpine' },
    shmSize: '1024',
  });
});

test('an argument that is null is taken from the environment, and left out where it is not set', () => {
  const build = resolve({ context: 'api', args: { SET: null, UNSET: null } }, {}, { SET: 'x' });
  expect(build?.args).toEqual({ SET: 'x' });
});

test('a context that is an address is the builder’s to look at', () => {
  const address = 'https://git.example/shop.git#main:api';
  expect(resolve({ context: address, dockerfile: 'Dockerfile.dev', target: 'x' })).toEqual({
    context: address,
    dockerfile: 'Dockerfile.dev',
    target: 'x',
  });
});

test('stages may be named by number', () => {
  expect(resolve({ context: 'api', target: '1' })?.target).toBe('1');
});

describe('what can not be built is told before anything starts', () => {
  test.each([
    ['./nowhere', {}, 'DS_BUILD_CONTEXT_MISSING'],
    ['./api/Dockerfile', {}, 'DS_BUILD_CONTEXT_MISSING'],
    [{ additionalContexts: { a: 'nowhere' } }, {}, 'DS_BUILD_CONTEXT_MISSING'],
    ['./shared', {}, 'DS_BUILD_DOCKERFILE_MISSING'],
    [{ context: 'api', dockerfile: 'Other' }, {}, 'DS_BUILD_DOCKERFILE_MISSING'],
    [{ context: 'api', target: 'prod' }, {}, 'DS_BUILD_TARGET_UNKNOWN'],
    [{ context: 'api', target: '2' }, {}, 'DS_BUILD_TARGET_UNKNOWN'],
    [{ dockerfileInline: 'FROM a AS b', target: 'c' }, {}, 'DS_BUILD_TARGET_UNKNOWN'],
    [{ dockerfile: 'Dockerfile', dockerfileInline: 'FROM a' }, {}, 'DS_DOCKER_FIELD_INVALID'],
    ['./api', { image: `shop@sha256:${'0'.repeat(64)}` }, 'DS_DOCKER_FIELD_INVALID'],
  ])('%j %j: %s', (build, more, code) => {
    expect(codeOf(build, more)).toBe(code);
  });
});

describe('the hash of what an image is made from', () => {
  const key = new Uint8Array(32);
  const hashOf = (service: string, fields: ContainerFields) => {
    const build = resolveBuild(container(fields), context, {});
    const run = { kind: 'container', image: 'shop_api', command: [service], ...build };
    const spec = hashSpec(run, [], key);
    return imageBuildOf({ project, service, runKey: 'docker', run, ports: [], spec })?.hash;
  };
  test('is the same for two services that build alike', () => {
    expect(hashOf('api', { build: './api' })).toBe(hashOf('worker', { build: './api' }));
  });
  test('changes with each field of the build', () => {
    const builds: ContainerFields['build'][] = [
      './api',
      { context: './api', target: 'dev' },
      { context: './api', args: { A: '1' } },
      { context: './api', args: { A: '2' } },
      { context: './api', labels: { a: 'b' } },
    ];
    const hashes = builds.map((build) => hashOf('api', build === undefined ? {} : { build }));
    expect(new Set(hashes).size).toBe(builds.length);
  });
});
