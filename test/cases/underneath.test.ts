import { basename } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout, type Checkout, type Ran } from '../rig/checkout.ts';
import { configure, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();
const untilTold = { kind: 'command', command: ['test', '-e', '/go'] };

describe.skipIf(engine === null)('something was taken away between two `up`', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const checkout = createCheckout(engine);
  const { docker } = checkout;
  const project = basename(checkout.root);
  const image = `devservices-test/${project}:1`;
  const services = {
    db: { run: sleeper(image, { volumes: ['data:/data'] }) },
    api: { run: sleeper(tools), dependsOn: ['db'] },
  };
  /** `up` has to end well, with both on one network and nothing twice. */
  const converge = async (): Promise<Ran['finished']> => {
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode, stderr).toBe(0);
    const filters = { label: [`dev.devservices.project=${project}`] };
    const all = await docker.listContainers({ all: true, filters });
    const networks = await docker.listNetworks({ filters });
    const places = all.map(({ State, NetworkSettings }) => [
      State,
      NetworkSettings.Networks[project]?.NetworkID,
    ]);
    const [network] = networks;
    expect(networks).toHaveLength(1);
    expect(places).toEqual([
      ['running', network?.Id],
      ['running', network?.Id],
    ]);
    return finished;
  };
  afterAll(async () => {
    await checkout[Symbol.asyncDispose]();
    await docker
      .getImage(image)
      .remove({ force: true })
      .catch(() => {});
  });

  test('the beginning', async () => {
    await docker.getImage(tools).tag({ repo: `devservices-test/${project}`, tag: '1' });
    configure(checkout, services);
    expect((await converge()).ok).toBe(true);
  });

  test('a container: it is made again, the other is left alone', async () => {
    const { db = '', api } = await checkout.containers();
    await docker.getContainer(db).remove({ force: true });
    const { services: rows } = await converge();
    expect(rows).toMatchObject({ db: { action: 'created' }, api: { action: 'unchanged' } });
    expect((await checkout.containers())['api']).toBe(api);
  });

  test('a stopped container is started again', async () => {
    const { db = '' } = await checkout.containers();
    await docker.getContainer(db).stop({ t: 0 });
    expect((await converge()).services['db']).toMatchObject({ action: 'started' });
    expect((await checkout.containers())['db']).toBe(db);
  });

  test('a paused container runs again', async () => {
    const { db = '' } = await checkout.containers();
    await docker.getContainer(db).pause();
    expect((await converge()).services['db']).toMatchObject({ state: 'ready', action: 'started' });
    expect((await checkout.containers())['db']).toBe(db);
  });

  test('the network: both are on a new one', async () => {
    await removeNetwork(checkout);
    const { services: rows } = await converge();
    expect(rows).toMatchObject({
      db: { action: 'recreated', reason: { text: expect.stringContaining('network') } },
      api: { action: 'recreated' },
    });
  });

  test('the network, under containers that do not run', async () => {
    const ids = Object.values(await checkout.containers());
    await Promise.all(ids.map((id) => docker.getContainer(id).stop({ t: 0 })));
    await removeNetwork(checkout);
    expect((await converge()).ok).toBe(true);
  });

  test('the network, whose name a stranger has now: said, left alone, then mended', async () => {
    await removeNetwork(checkout);
    const stranger = await docker.createNetwork({ Name: project });
    const { exitCode, finished } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([{ code: 'DS_DOCKER_NAME_TAKEN' }]);
    expect(await stranger.inspect()).toMatchObject({ Id: stranger.id, Containers: {} });
    await stranger.remove();
    await converge();
  });

  test('the image’s name: what runs is as good as before', async () => {
    await docker.getImage(image).remove({ force: true });
    const before = await checkout.containers();
    const { services: rows } = await converge();
    expect(rows).toMatchObject({ db: { action: 'unchanged' }, api: { action: 'unchanged' } });
    expect(await checkout.containers()).toEqual(before);
  });

  test('the image’s name and the container: said by name', async () => {
    const { db = '' } = await checkout.containers();
    await docker.getContainer(db).remove({ force: true });
    const { exitCode, finished } = await checkout.task('up', ['--json', '--offline']);
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([{ message: expect.stringContaining(image) }]);
    await docker.getImage(tools).tag({ repo: `devservices-test/${project}`, tag: '1' });
    await converge();
  });
});

describe.skipIf(engine === null)('something is taken away in the middle of `up`', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const checkout = createCheckout(engine);
  const { docker } = checkout;
  const services = (isReady: boolean) => ({
    first: { run: sleeper(tools) },
    awaited: {
      run: sleeper(tools),
      ...(isReady ? {} : { ready: untilTold }),
      dependsOn: ['first'],
    },
    next: { run: sleeper(tools), dependsOn: ['awaited'] },
    alone: { run: sleeper(tools) },
  });
  /** Runs an `up` that waits for `awaited`, and acts once it does. */
  const upAnd = async (act: (ids: Record<string, string>) => Promise<unknown>): Promise<Ran> => {
    configure(checkout, services(false));
    let acted: Promise<unknown> | undefined;
    const ran = await checkout.task('up', ['--json'], {
      onOutput(text) {
        if (text.includes('"probe-failed"')) acted ??= checkout.containers().then(act);
      },
    });
    await acted;
    return ran;
  };
  const converge = async () => {
    configure(checkout, services(true));
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode, stderr).toBe(0);
    const states = Object.entries(finished.services).map(([name, { state }]) => [name, state]);
    expect(Object.fromEntries(states)).toEqual({
      first: 'ready',
      awaited: 'ready',
      next: 'ready',
      alone: 'ready',
    });
  };
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('the container that is awaited', async () => {
    const { exitCode, finished } = await upAnd(({ awaited = '' }) =>
      docker.getContainer(awaited).remove({ force: true }),
    );
    expect(exitCode).toBe(1);
    expect(finished.services).toMatchObject({
      first: { state: 'ready' },
      awaited: { state: 'failed', error: { code: 'DS_SERVICE_REMOVED' } },
      next: { state: 'skipped' },
      alone: { state: 'ready' },
    });
    await converge();
  });

  test('a container that was ready, while others are awaited', async () => {
    await checkout.task('down');
    const { exitCode, finished } = await upAnd(async ({ first = '', awaited = '' }) => {
      await docker.getContainer(first).remove({ force: true });
      await docker.getContainer(awaited).kill();
    });
    expect(exitCode).toBe(1);
    expect(finished.services).toMatchObject({
      first: { state: 'failed', error: { code: 'DS_SERVICE_REMOVED' } },
      awaited: { state: 'failed', error: { code: 'DS_SERVICE_EXITED' } },
      next: { state: 'skipped' },
      alone: { state: 'ready' },
    });
    await converge();
  });

  test('the network', async () => {
    await checkout.task('down');
    const { exitCode, finished } = await upAnd(async ({ awaited = '' }) => {
      await removeNetwork(checkout);
      // The wait ends well all the same.
      const exec = await docker.getContainer(awaited).exec({ Cmd: ['touch', '/go'] });
      await exec.start({ Detach: true });
    });
    expect(exitCode).toBe(3);
    expect(finished.services).toMatchObject({
      awaited: { state: 'ready' },
      next: { state: 'failed', error: { code: 'DS_DOCKER_NETWORK_GONE' } },
    });
    await converge();
    const project = basename(checkout.root);
    for (const id of Object.values(await checkout.containers())) {
      const { NetworkSettings } = await docker.getContainer(id).inspect();
      expect(NetworkSettings.Networks[project]?.IPAddress).toMatch(/^\d/);
    }
  });
});

/** As people do it by hand: first whoever is on it is taken off. */
async function removeNetwork({ docker, root }: Checkout): Promise<void> {
  const network = docker.getNetwork(basename(root));
  const { Id, Containers = {} } = (await network.inspect()) as {
    Id: string;
    Containers?: Record<string, unknown>;
  };
  for (const id of Object.keys(Containers)) {
    await network.disconnect({ Container: id, Force: true });
  }
  // By its name Podman would keep it for containers that do not run.
  await docker.getNetwork(Id).remove();
}
