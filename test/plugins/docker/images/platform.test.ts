import { expect, test } from 'vitest';
import { fitsPlatform, type ImagePlatform } from '../../../../plugins/docker/images/platform.ts';

const amd64 = { Os: 'linux', Architecture: 'amd64' };
const arm64 = { Os: 'linux', Architecture: 'arm64', Variant: 'v8' };

test.each<[string, ImagePlatform, boolean]>([
  ['linux/amd64', amd64, true],
  ['linux/x86_64', amd64, true],
  ['linux', amd64, true],
  ['amd64', amd64, true],
  ['linux/arm64', amd64, false],
  ['windows/amd64', amd64, false],
  ['linux/arm64', arm64, true],
  ['linux/aarch64', arm64, true],
  ['linux/arm64/v8', arm64, true],
  ['linux/arm64/v8', { ...arm64, Variant: '' }, true],
  ['linux/arm/v6', { Os: 'linux', Architecture: 'arm', Variant: 'v7' }, false],
  ['arm64', amd64, false],
])('%s wanted, %j there: %s', (wanted, found, fits) => {
  expect(fitsPlatform(wanted, found)).toBe(fits);
});
