import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCheckout, type Checkout, type Ran } from '../rig/checkout.ts';
import { configure } from '../rig/container-services.ts';
import { startEngineProxy } from '../rig/engine-proxy.ts';
import { finish } from '../rig/engine/build-image.ts';
import { enginePaths } from '../rig/engine/engine-paths.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { ensurePrivate } from '../rig/engine/places.ts';
import { startPrivateEngine, stopPrivateEngine } from '../rig/engine/private-engine.ts';

const engine = await ensureEngine();

const services = (image: string, isReady: boolean) => {
  const run = { kind: 'container', image, command: ['sleep', '1000'], stopSignal: 'SIGKILL' };
  return {
    first: { run: { ...run, volumes: ['data:/data'] } },
    lasting: { run: { ...run, restart: 'always' } },
    awaited: {
      run,
      ready: isReady ? { kind: 'none' } : { kind: 'log', pattern: 'never said' },
      dependsOn: ['first'],
    },
    next: { run, dependsOn: ['awaited'] },
  };
};

/** Runs `up` and acts when it waits for a service that says nothing. */
async function upAnd(checkout: Checkout, act: () => Promise<unknown>): Promise<Ran> {
  let all = '';
  let acted: Promise<unknown> | undefined;
  const ran = await checkout.task('up', ['--json'], {
    onOutput(text) {
      all += text;
      if (/"service":"awaited","state":"running"/.test(all)) acted ??= act();
    },
  });
  await acted;
  return ran;
}

/** One container a service, all running, and nothing else of the project. */
async function expectConverged(checkout: Checkout): Promise<void> {
  const filters = { label: [`dev.devservices.project=${basename(checkout.root)}`] };
  const all = await checkout.docker.listContainers({ all: true, filters });
  const rows = all.map(({ Names, State }) => `${Names[0]?.split('_').at(-1)} ${State}`);
  expect(rows.toSorted()).toEqual([
    'awaited running',
    'first running',
    'lasting running',
    'next running',
  ]);
  expect(await checkout.docker.listNetworks({ filters })).toHaveLength(1);
}

describe.skipIf(engine === null)('the connection to the engine breaks in mid-`up`', () => {
  if (!engine) return;

  test('it is said at once, exit 3, and the next `up` converges', async () => {
    const proxy = await startEngineProxy({ target: engine.socketPath });
    await using checkout = createCheckout({ ...engine, url: proxy.url });
    try {
      configure(checkout, services(engine.images.tools, false));
      const { exitCode, finished } = await upAnd(checkout, async () => {
        proxy.fault(() => 'reset');
        proxy.breakConnections();
      });
      expect(exitCode).toBe(3);
      expect(finished.errors.map(({ code }) => code)).toContain('DS_DOCKER_LOST');
      expect(finished.services['awaited']).toMatchObject({ state: 'failed' });
      expect(finished.services['next']).toMatchObject({ state: 'skipped' });
      const before = await checkout.containers();

      proxy.reset();
      configure(checkout, services(engine.images.tools, true));
      const next = await checkout.task('up', ['--json']);
      expect(next.exitCode, next.stderr).toBe(0);
      await expectConverged(checkout);
      expect(await checkout.containers()).toMatchObject({
        first: before['first'],
        lasting: before['lasting'],
      });
    } finally {
      await proxy.close();
    }
  });
});

describe.skipIf(!engine?.own)('private engine, where the rig may: stopped in mid-`up`', () => {
  const root = join(tmpdir(), `ds-underneath-${process.pid}`);
  const folders = { run: join(root, 'run'), cache: join(root, 'cache') };
  const { socket } = enginePaths(folders);
  const start = (): Promise<void> => startPrivateEngine(folders, { iptables: false });
  const own = createCheckout({ url: `unix://${socket}`, socketPath: socket });

  beforeAll(async () => {
    ensurePrivate(root);
    await start();
    await importSleeper(new Dockerode({ socketPath: socket }), join(root, 'image'));
  });
  afterAll(async () => {
    await start();
    await own[Symbol.asyncDispose]();
    await stopPrivateEngine(folders);
    await rm(root, { recursive: true, force: true });
  });

  test('it is said, exit 3; the next `up` converges with the same containers, nothing twice', async () => {
    configure(own, services('sleeper:1', false));
    const { exitCode, finished, stderr } = await upAnd(own, () => stopPrivateEngine(folders));
    expect(exitCode, stderr).toBe(3);
    expect(finished.errors.map(({ code }) => code)).toContain('DS_DOCKER_LOST');
    expect(finished.services['next']).toMatchObject({ state: 'skipped' });

    const down = await own.task('up', ['--json']);
    expect(down.exitCode).toBe(3);
    expect(down.finished.errors).toMatchObject([{ code: 'DS_DOCKER_UNREACHABLE' }]);

    await start();
    const before = await own.containers();
    configure(own, services('sleeper:1', true));
    const next = await own.task('up', ['--json']);
    expect(next.exitCode, next.stderr).toBe(0);
    // What has a restart policy, the engine started itself.
    expect(next.finished.services).toMatchObject({
      first: { state: 'ready', action: 'started' },
      lasting: { state: 'ready', action: 'unchanged' },
      next: { state: 'ready' },
    });
    await expectConverged(own);
    expect(await own.containers()).toMatchObject({
      first: before['first'],
      lasting: before['lasting'],
      awaited: before['awaited'],
    });
  });
});

/** An image of `sleep` and what it needs: that engine shares none with others. */
async function importSleeper(docker: Dockerode, folder: string): Promise<void> {
  mkdirSync(folder);
  const libraries = execFileSync('ldd', ['/bin/sleep'], { encoding: 'utf8' }).match(/\/\S+/g) ?? [];
  const archive = join(folder, 'sleeper.tar');
  execFileSync('tar', [
    '--dereference',
    '-cf',
    archive,
    '-C',
    '/',
    'bin/sleep',
    ...libraries.map((path) => path.slice(1)),
  ]);
  await finish(docker, await docker.importImage(archive, { repo: 'sleeper', tag: '1' }));
}
