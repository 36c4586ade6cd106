import { afterEach, describe, expect, test, vi } from 'vitest';

import { ensureEngine } from './engine/ensure-engine.ts';

const engine = await ensureEngine();

describe('ensureEngine', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('gives none on request', async () => {
    vi.stubEnv('DEVSERVICES_TEST_ENGINE', 'none');
    expect(await ensureEngine()).toBeNull();
  });

  test.each(['tcp://127.0.0.1:2375', 'unix://relative', 'docker'])(
    'refuses %s, and says what to give',
    async (url) => {
      vi.stubEnv('DEVSERVICES_TEST_ENGINE', url);
      await expect(ensureEngine()).rejects.toThrow('give unix:///path/to/docker.sock, or none');
    },
  );

  test('does not fall back when the engine asked for is not there', async () => {
    const url = 'unix:///nowhere/docker.sock';
    vi.stubEnv('DEVSERVICES_TEST_ENGINE', url);
    await expect(ensureEngine()).rejects.toThrow(`No Docker engine answers at`);
  });

  test.skipIf(engine === null)('finds the same engine again, and by its url', async () => {
    expect(await ensureEngine()).toMatchObject({ url: engine?.url, own: engine?.own });
    vi.stubEnv('DEVSERVICES_TEST_ENGINE', engine?.url);
    expect(await ensureEngine()).toMatchObject({ url: engine?.url, own: engine?.own });
  });
});
