import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createPackedCheckout } from '../rig/packed-checkout.ts';

async function createCached() {
  const checkout = await createPackedCheckout(null);
  onTestFinished(() => checkout[Symbol.asyncDispose]());
  checkout.write({ 'devservices.config.json': '{ "services": {} }' });
  const home = join(checkout.root, 'cache');
  const folder = join(home, 'devservices/compiled');
  return {
    checkout,
    home,
    folder,
    /** A task that imports on demand, from chunks that are scripts. */
    async run(env: Readonly<Record<string, string>> = {}) {
      const ran = await checkout.bin(['env', '--format', 'json'], {
        env: { XDG_CACHE_HOME: home, ...env },
      });
      expect(ran).toMatchObject({ exitCode: 0, stdout: '{}\n', stderr: '' });
    },
    kept: () => readdirSync(folder).toSorted(),
    madeAt: (name: string) => statSync(join(folder, name)).mtimeMs,
  };
}

describe('what was compiled of the package', () => {
  test('is kept for this user alone when the first run ends, and used by the next', async () => {
    const { run, kept, madeAt, folder } = await createCached();
    await run();
    const names = kept();
    expect(names.map((name) => name.split('-')[0])).toEqual(
      expect.arrayContaining(['kernel', 'vendor']),
    );
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    const times = names.map(madeAt);
    await run();
    expect(kept()).toEqual(names);
    expect(names.map(madeAt)).toEqual(times);
  });

  test('is made again where it is damaged or cut short', async () => {
    const { run, kept, madeAt, folder } = await createCached();
    await run();
    const [first = '', second = ''] = kept();
    writeFileSync(join(folder, first), 'not what it was');
    writeFileSync(join(folder, second), '');
    const before = madeAt(first);
    await run();
    expect(madeAt(first)).toBeGreaterThan(before);
    expect(statSync(join(folder, second)).size).toBeGreaterThan(1000);
    await run();
  });

  test('is not read where others may write it', async () => {
    const { run, kept, madeAt, folder } = await createCached();
    await run();
    const [name = ''] = kept();
    const path = join(folder, name);
    chmodSync(path, 0o666);
    const before = madeAt(name);
    await run();
    // One of its own stands in its place.
    expect(madeAt(name)).toBeGreaterThan(before);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('costs nothing but time where it cannot be kept, or is not wanted', async () => {
    const { run, home } = await createCached();
    await run({ NODE_DISABLE_COMPILE_CACHE: '1' });
    expect(readdirSync(join(home, 'devservices'))).not.toContain('compiled');
    writeFileSync(join(home, 'devservices/compiled'), 'a file');
    await run();
  });

  test('is whole after many first runs at once', async () => {
    const { run, kept, home } = await createCached();
    mkdirSync(home, { recursive: true });
    await Promise.all(Array.from({ length: 8 }, () => run()));
    expect(kept().filter((name) => /\.\d+$/.test(name))).toEqual([]);
    await run();
  });
});
