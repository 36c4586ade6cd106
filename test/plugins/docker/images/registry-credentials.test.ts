import { describe, expect, test } from 'vitest';
import {
  resolveFullName,
  resolveImageReference,
} from '../../../../plugins/docker/images/image-reference.ts';
import {
  resolveCredentials,
  resolveHelper,
} from '../../../../plugins/docker/images/registry-credentials.ts';

describe('names of images', () => {
  test.each([
    ['redis', 'docker.io', 'redis', 'latest'],
    ['redis:7-alpine', 'docker.io', 'redis', '7-alpine'],
    ['bitnami/redis', 'docker.io', 'bitnami/redis', 'latest'],
    ['ghcr.io/a/b:1', 'ghcr.io', 'ghcr.io/a/b', '1'],
    ['localhost/a', 'localhost', 'localhost/a', 'latest'],
    ['Mirror/a', 'Mirror', 'Mirror/a', 'latest'],
    ['localhost:5000/a', 'localhost:5000', 'localhost:5000/a', 'latest'],
    ['r:5000/a/b:2@sha256:ab', 'r:5000', 'r:5000/a/b', 'sha256:ab'],
  ])('%s', (image, registry, name, tag) => {
    expect(resolveImageReference(image)).toEqual({ registry, name, tag });
  });
});

test.each([
  ['redis', 'docker.io/library/redis:latest'],
  ['docker.io/redis:7', 'docker.io/library/redis:7'],
  ['index.docker.io/bitnami/redis', 'docker.io/bitnami/redis:latest'],
  ['bitnami/redis:7', 'docker.io/bitnami/redis:7'],
  ['localhost:5000/a', 'localhost:5000/a:latest'],
  ['redis@sha256:ab', 'docker.io/library/redis@sha256:ab'],
])('%s in full is %s', (image, name) => {
  expect(resolveFullName(image)).toBe(name);
});

describe('credentials that docker login left', () => {
  const auth = Buffer.from('me:pass:word').toString('base64');
  const auths = {
    'https://index.docker.io/v1/': { auth },
    'ghcr.io': { identitytoken: 'token' },
    'https://old.example': { auth },
    'helper.example': {},
    'gone.example': null,
  };

  test('are found by registry, the Hub under its old name', () => {
    expect(resolveCredentials(auths, 'docker.io')).toEqual({
      username: 'me',
      password: 'pass:word',
      serveraddress: 'https://index.docker.io/v1/',
    });
    expect(resolveCredentials(auths, 'ghcr.io')).toMatchObject({ identitytoken: 'token' });
    expect(resolveCredentials(auths, 'old.example')).toMatchObject({ username: 'me' });
  });

  test.each(['helper.example', 'gone.example', 'unknown.example'])('%s has none', (registry) => {
    expect(resolveCredentials(auths, registry)).toBeUndefined();
    expect(resolveCredentials(undefined, registry)).toBeUndefined();
  });
});

describe('the helper that keeps credentials', () => {
  const config = {
    credsStore: 'desktop',
    credHelpers: { 'gcr.io': 'gcloud', 'docker.io': 'hub', 'plain.example': '', 'odd.example': 3 },
  };

  test.each([
    ['gcr.io', { helper: 'gcloud', server: 'gcr.io' }],
    ['docker.io', { helper: 'hub', server: 'https://index.docker.io/v1/' }],
    ['ghcr.io', { helper: 'desktop', server: 'ghcr.io' }],
    ['plain.example', undefined],
    ['odd.example', { helper: 'desktop', server: 'odd.example' }],
  ])('of %s', (registry, helper) => {
    expect(resolveHelper(config, registry)).toEqual(helper);
    expect(resolveHelper({}, registry)).toBeUndefined();
  });
});
