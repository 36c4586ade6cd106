import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';
import { nodeBinary } from '../rig/node-versions.ts';
import { createPackedCheckout, type PackedCheckout } from '../rig/packed-checkout.ts';
import { quietInstall } from '../rig/packed.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('up and down of the packed bin', async () => {
  if (!engine) return;
  const checkout = await createPackedCheckout(engine);
  const [redis] = await freePorts(1);
  afterAll(() => checkout[Symbol.asyncDispose]());
  checkout.write({
    'devservices.config.ts': `
import { container, defineConfig, ready } from 'devservices';

const port: number = ${redis};
export default defineConfig({
  services: {
    redis: {
      run: { docker: container({ image: '${engine.images.redis}' }) },
      ports: { redis: { container: 6379, host: port } },
      ready: ready.command(['sh', '-c', 'redis-cli ping | grep -q PONG']),
      exports: ({ address }) => ({ REDIS_URL: 'redis://' + address('redis') }),
    },
    after: {
      run: {
        docker: container({
          image: '${engine.images.tools}',
          command: ['sleep', '1000'],
          stopSignal: 'SIGKILL',
        }),
      },
      dependsOn: { redis: 'ready' },
    },
  },
});
`,
  });

  test.each([20, 22, 24] as const)(
    'on Node %i: started, unchanged, stopped',
    async (major) => {
      const env = { PATH: `${dirname(await nodeBinary(major))}:${process.env['PATH']}` };
      const { stdout } = await checkout.run(['node', '--version'], { env });
      expect(stdout).toMatch(new RegExp(`^v${major}\\.`));
      // Without the cache of another major.
      rmSync(join(checkout.outside, 'cache'), { recursive: true, force: true });
      await startAndStop({ checkout, env, port: redis });
    },
    180_000,
  );

  test('after `npm ci --ignore-scripts` of a lock file', async () => {
    rmSync(join(checkout.root, 'node_modules'), { recursive: true });
    const { exitCode, stderr } = await checkout.run(['npm', 'ci', '--silent', ...quietInstall]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    await startAndStop({ checkout, env: {}, port: redis });
  }, 180_000);

  test('from a folder that is not the one it was installed in, with a space in its path', async () => {
    const moved = join(checkout.outside, 'a b', 'repo');
    mkdirSync(dirname(moved));
    cpSync(checkout.root, moved, { recursive: true, verbatimSymlinks: true });
    const bin = join(moved, 'node_modules/.bin/devservices');
    const { exitCode, stdout } = await checkout.run([bin, 'config', '--json'], { cwd: moved });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"services.redis.run.docker.image"');
  });
});

/** The whole life of the services, as somebody lives it who has the package installed. */
async function startAndStop({
  checkout,
  env,
  port,
}: {
  checkout: PackedCheckout;
  env: Readonly<Record<string, string>>;
  port: number;
}): Promise<void> {
  const first = await checkout.bin(['up', '--json'], { env });
  expect({ exitCode: first.exitCode, stderr: first.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(first.finished.services).toMatchObject({
    redis: { state: 'ready', action: 'created' },
    after: { state: 'ready', action: 'created' },
  });
  expect(await ping(port)).toBe('+PONG\r\n');

  const second = await checkout.bin(['up', '--json'], { env });
  expect(second.finished.services).toMatchObject({
    redis: { state: 'ready', action: 'unchanged' },
    after: { state: 'ready', action: 'unchanged' },
  });

  const down = await checkout.bin(['down', '--json'], { env });
  expect({ exitCode: down.exitCode, stderr: down.stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(await checkout.containers()).toEqual({});
}

function ping(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setEncoding('utf8');
    socket.once('data', (text: string) => {
      socket.destroy();
      resolve(text);
    });
    socket.once('error', reject);
  });
}
