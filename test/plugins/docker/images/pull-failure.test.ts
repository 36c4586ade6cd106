import { describe, expect, test } from 'vitest';
import { resolvePullFailure } from '../../../../plugins/docker/images/pull-failure.ts';

describe('why a pull failed, in engines’ own words', () => {
  test.each([
    [
      'DS_IMAGE_NAME_INVALID',
      false,
      'normalizing image: parsing reference "nope/App:1": repository name must be lowercase',
    ],
    ['DS_IMAGE_NAME_INVALID', false, 'invalid reference format: repository name must be lowercase'],
    [
      'DS_IMAGE_NOT_FOUND',
      false,
      'manifest for redis:nope not found: manifest unknown: manifest unknown',
    ],
    [
      'DS_IMAGE_NOT_FOUND',
      false,
      "pull access denied for nope, repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
    ],
    ['DS_IMAGE_UNAUTHORISED', false, 'Head "https://ghcr.io/v2/a/b/manifests/1": denied'],
    ['DS_IMAGE_UNAUTHORISED', false, 'unauthorized: incorrect username or password'],
    ['DS_IMAGE_UNAUTHORISED', false, 'Get "https://r/v2/": no basic auth credentials'],
    [
      'DS_IMAGE_NO_NETWORK',
      true,
      'Get "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.53:53: no such host',
    ],
    ['DS_IMAGE_NO_NETWORK', true, 'Get "https://r/v2/": net/http: TLS handshake timeout'],
    ['DS_IMAGE_NO_NETWORK', true, 'Get "https://r/v2/": context deadline exceeded'],
    ['DS_IMAGE_NO_NETWORK', true, 'unexpected EOF'],
    ['DS_IMAGE_NO_SPACE', false, 'write /var/lib/docker/tmp/x: no space left on device'],
    ['DS_IMAGE_PULL_FAILED', true, 'received unexpected HTTP status: 503 Service Unavailable'],
    ['DS_IMAGE_RATE_LIMITED', false, 'toomanyrequests: You have reached your pull rate limit'],
    ['DS_IMAGE_PULL_FAILED', false, 'no such plugin'],
    [
      'DS_IMAGE_PLATFORM',
      false,
      'no matching manifest for linux/arm64/v8 in the manifest list entries',
    ],
    ['DS_IMAGE_PLATFORM', false, 'no match for platform in manifest: not found'],
    [
      'DS_IMAGE_PLATFORM',
      false,
      'image with reference r/x was found but does not match the specified platform: wanted linux/arm64, actual: linux/amd64',
    ],
  ])('%s, again: %s, %s', (code, mayPass, reason) => {
    const failure = resolvePullFailure({ image: 'ghcr.io/a/b:1' }, reason);
    expect(failure).toMatchObject({ mayPass, error: { code } });
    expect(failure.error.message).toContain(reason);
  });

  test('a platform that nobody named is the one in the engine’s words', () => {
    const reason = 'no matching manifest for windows/amd64 10.0.1 in the manifest list entries';
    const { error } = resolvePullFailure({ image: 'x' }, reason);
    expect(error.facts).toMatchObject({ platform: 'windows/amd64' });
  });

  test.each(['unauthorized: authentication required', 'manifest unknown'])(
    'why there were no credentials is part of what to do: %s',
    (reason) => {
      const trouble = 'docker-credential-x is not on PATH';
      const { error } = resolvePullFailure({ image: 'r.io/x', trouble }, reason);
      expect(error.hint).toContain(trouble);
      expect(error.hint).toContain('docker login r.io');
      expect(resolvePullFailure({ image: 'x' }, reason).error.hint).toContain('`docker login`');
    },
  );
});
