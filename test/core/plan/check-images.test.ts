import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import type { DevServicesError } from '../../../core/errors/error.ts';
import type { MissingImage } from '../../../core/run/runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { column, image, thrownBy } from '../../rig/kernel.ts';

const config: Config = {
  services: Object.fromEntries(
    ['db', 'jobs', 'api', 'web'].map((name) => [name, { run: image() }]),
  ),
};
const missing: readonly MissingImage[] = [
  { service: 'db', image: 'postgres:17', bytes: 120_400_000 },
  { service: 'jobs', image: 'postgres:17', bytes: 120_400_000 },
  { service: 'api', image: 'shop_api', isBuilt: true },
  { service: 'web', image: 'nginx:1', note: 'here for linux/amd64 only' },
];

test('offline, all that is missing is told in one error, by image, before anything starts', async () => {
  await using host = createTestHost({ config });
  host.runner.setMissing(missing);
  const error = await thrownBy(host.up({ pull: 'never', offline: true }));
  expect(error.message.split('\n')).toEqual([
    '3 images are not on this machine, and no network may be asked:',
    'postgres:17 for db, jobs; about 120 MB',
    'shop_api for api; has to be built',
    'nginx:1 for web; here for linux/amd64 only',
  ]);
  expect(error['code']).toBe('DS_IMAGES_MISSING');
  expect(resolveExitCode([error as unknown as DevServicesError])).toBe(3);
  expect(host.runner.calls).toEqual(['observe']);
});

test('where only pulling is switched off, what can be built is not missing', async () => {
  await using host = createTestHost({ config });
  host.runner.setMissing(missing.slice(2));
  const error = await thrownBy(host.up({ pull: 'never' }));
  expect(error.message).toContain('An image is not on this machine, and pulling is switched off:');
  expect(error.message).not.toContain('shop_api');
});

test.each(['missing', 'always'] as const)('nobody is asked with --pull %s', async (pull) => {
  await using host = createTestHost({ config });
  host.runner.setMissing(missing);
  expect((await host.up({ pull })).errors).toEqual([]);
});

test('a service that is left out, and one that is there unchanged, need no image', async () => {
  await using host = createTestHost({ config });
  await host.up({ services: ['db'] });
  await host.host.close();
  host.runner.setMissing(missing);
  const { services, errors } = await host.again().up({ services: ['db'], pull: 'never' });
  expect(errors).toEqual([]);
  expect(column({ services }, 'action')).toMatchObject({ db: 'unchanged' });
});
