import { describe, expect, test } from 'vitest';
import { resolvePullFailure } from '../../../../plugins/docker/images/pull-failure.ts';

describe('why a pull failed, in engines’ own words', () => {
  test.each([
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
    ['DS_IMAGE_PULL_FAILED', false, 'toomanyrequests: You have reached your pull rate limit'],
  ])('%s, again: %s, %s', (code, mayPass, reason) => {
    const failure = resolvePullFailure('ghcr.io/a/b:1', reason);
    expect(failure).toMatchObject({ mayPass, error: { code } });
    expect(failure.error.message).toContain(reason);
  });
});
