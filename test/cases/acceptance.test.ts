import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { configure, shell, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { freePorts } from '../rig/free-ports.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('what an everyday `up` and `down` have to do', async () => {
  if (!engine) return;
  const { tools, redis } = engine.images;
  const checkout = createCheckout(engine);
  const [port, otherPort] = await freePorts(2);
  const web = (fields: object = {}, host = port) => ({
    run: sleeper(tools, { environment: { GREETING: 'hello' }, ...fields }),
    ports: { http: { container: 7000, host } },
    ready: { kind: 'none' },
  });
  const environment = { GREETING: 'bye' };
  const cache = { run: sleeper(tools) };
  const startedAt = async () => {
    const ids = Object.entries(await checkout.containers());
    const looks = ids.map(async ([name, id]) => {
      const { State } = await checkout.docker.getContainer(id).inspect();
      return [name, [id, State.StartedAt]] as const;
    });
    return Object.fromEntries(await Promise.all(looks));
  };
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('down with nothing running is fine, exit 0', async () => {
    configure(checkout, { web: web(), cache });
    const all = await checkout.task('down', ['--json']);
    expect(all.exitCode, all.stderr).toBe(0);
    expect(all.finished).toMatchObject({
      exitCode: 0,
      ok: true,
      errors: [],
    });
    const named = await checkout.task('down', ['web', '--json']);
    expect(named.exitCode, named.stderr).toBe(0);
    expect(named.finished.services['web']).toMatchObject({ state: 'stopped', action: 'unchanged' });
  });

  test('up twice restarts nothing', async () => {
    const first = await checkout.task('up', ['--json']);
    expect(first.exitCode, first.stderr).toBe(0);
    const before = await startedAt();
    expect(Object.keys(before).toSorted()).toEqual(['cache', 'web']);
    const second = await checkout.task('up', ['--json']);
    expect(second.exitCode, second.stderr).toBe(0);
    expect(second.finished.services).toMatchObject({
      web: { state: 'ready', action: 'unchanged' },
      cache: { state: 'ready', action: 'unchanged' },
    });
    expect(await startedAt()).toEqual(before);
  });

  test.each([
    ['an environment change', web({ environment }), /^environment\.GREETING changed$/],
    ['an image change', web({ environment, image: redis }), /^image changed$/],
    ['a port change', web({ environment, image: redis }, otherPort), /^ports\.http\S* changed$/],
  ])('up after %s recreates, with the reason', async (_, changed, reason) => {
    const before = await startedAt();
    configure(checkout, { web: changed, cache });
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json']);
    expect(exitCode, stderr).toBe(0);
    expect(finished.services).toMatchObject({
      web: { action: 'recreated', reason: { text: expect.stringMatching(reason) } },
      cache: { action: 'unchanged' },
    });
    const after = await startedAt();
    expect(after['cache']).toEqual(before['cache']);
    expect(after['web']?.[0]).not.toBe(before['web']?.[0]);
  });

  test.each([
    [
      'an unselected service',
      ['web', '--exclude', 'cache'],
      { web: 'unchanged', cache: 'skipped' },
    ],
    [
      'a repeated service',
      ['--exclude', 'web', '--exclude', 'web'],
      { web: 'skipped', cache: 'unchanged' },
    ],
    [
      'all services',
      ['--exclude', 'web', '--exclude', 'cache'],
      { web: 'skipped', cache: 'skipped' },
    ],
  ])('exclude of %s is no error', async (_, args, actions) => {
    configure(checkout, { web: web({ environment, image: redis }, otherPort), cache });
    const before = await startedAt();
    const { exitCode, finished, stderr } = await checkout.task('up', ['--json', ...args]);
    expect(exitCode, stderr).toBe(0);
    const rows = Object.entries(finished.services).map(([name, { action }]) => [name, action]);
    expect(Object.fromEntries(rows)).toEqual(actions);
    expect(await startedAt()).toEqual(before);
  });
});

describe.skipIf(engine === null)(
  'a port held by a foreign process is named before anything starts',
  () => {
    if (!engine) return;
    const { tools } = engine.images;
    const needs = (host: number) => ({
      first: { run: sleeper(tools, { volumes: ['data:/data'] }) },
      web: {
        run: sleeper(tools),
        ports: { http: { container: 7000, host } },
        dependsOn: ['first'],
      },
    });

    test('a process: its number and name', async () => {
      await using checkout = createCheckout(engine);
      const server = createServer().listen(0, '127.0.0.1');
      onTestFinished(() => void server.close());
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      configure(checkout, needs(port));
      const { exitCode, finished, json } = await checkout.task('up', ['--json']);
      expect(exitCode).toBe(3);
      expect(finished.errors).toMatchObject([
        {
          code: 'DS_PORT_TAKEN',
          message: expect.stringMatching(new RegExp(`web .*${port}.* \\(pid ${process.pid},`)),
        },
      ]);
      expect(json.filter(({ event }) => event === 'plan-made')).toEqual([]);
      expect(await checkout.containers()).toEqual({});
      expect(await leftOf(checkout)).toEqual({ networks: [], volumes: [] });
    });

    test('a container: its name, and it goes on', async () => {
      await using checkout = createCheckout(engine);
      await using other = createCheckout(engine);
      const [port] = await freePorts(1);
      configure(other, {
        holder: {
          run: sleeper(tools),
          ports: { x: { container: 7000, host: port } },
          ready: { kind: 'none' },
        },
      });
      expect((await other.task('up')).exitCode).toBe(0);
      const before = await other.containers();
      configure(checkout, needs(port));
      const { exitCode, finished } = await checkout.task('up', ['--json']);
      expect(exitCode).toBe(3);
      expect(finished.errors).toMatchObject([
        { code: 'DS_PORT_TAKEN', message: expect.stringMatching(/_holder\b/) },
      ]);
      expect(await checkout.containers()).toEqual({});
      expect(await leftOf(checkout)).toEqual({ networks: [], volumes: [] });
      expect(await other.containers()).toEqual(before);
    });
  },
);

describe.skipIf(engine === null)('one of ten services fails', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const checkout = createCheckout(engine);
  const names = Array.from({ length: 9 }, (_, index) => `service${index}`);
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('others reported, exit non-zero, summary names it', async () => {
    configure(checkout, {
      ...Object.fromEntries(names.map((name) => [name, { run: sleeper(tools) }])),
      broken: {
        run: shell(tools, 'echo no license; exit 7'),
        ready: { kind: 'command', command: ['false'] },
      },
    });
    const { exitCode, finished } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(1);
    expect(finished.errors).toMatchObject([{ code: 'DS_SERVICE_EXITED', exitCode: 7 }]);
    const { broken, ...others } = finished.services;
    expect(broken).toMatchObject({ state: 'failed', error: { logs: ['no license'] } });
    expect(Object.keys(others).toSorted()).toEqual(names);
    for (const row of Object.values(others)) {
      expect(row).toMatchObject({ state: 'ready', action: 'created' });
    }

    const forPeople = await checkout.task('up');
    expect(forPeople.exitCode).toBe(1);
    const said = forPeople.stdout + forPeople.stderr;
    for (const part of ['broken', 'exit code 7', 'no license', ...names]) {
      expect(said).toContain(part);
    }
  });
});

describe.skipIf(engine === null)('--offline', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const missing = 'localhost:9/devservices-test/nowhere:1';

  test('with cached images works', async () => {
    await using checkout = createCheckout(engine);
    configure(checkout, { web: { run: sleeper(tools) } });
    const { exitCode, finished, json } = await checkout.task('up', ['--offline', '--json']);
    expect(exitCode).toBe(0);
    expect(finished.services['web']).toMatchObject({ state: 'ready', action: 'created' });
    expect(json.filter(({ event }) => event === 'image-progress')).toEqual([]);
  });

  test('without: clear error at once, which names the image', async () => {
    await using checkout = createCheckout(engine);
    configure(checkout, {
      web: { run: sleeper(missing) },
      slow: { run: sleeper(tools), ready: { kind: 'command', command: ['true'] } },
    });
    const { exitCode, finished } = await checkout.task('up', ['--offline', '--json']);
    expect(exitCode).toBe(3);
    expect(finished.errors.map(({ code }) => code)).toEqual(['DS_IMAGES_MISSING']);
    expect(finished.errors.map(({ message }) => message).join()).toContain(missing);
    expect(await checkout.containers()).toEqual({});
  });
});

/** Names of networks and volumes that carry the label of the checkout's project. */
async function leftOf({ docker, root }: ReturnType<typeof createCheckout>) {
  const project = root.split('/').at(-1) ?? '';
  const filters = { label: [`dev.devservices.project=${project}`] };
  const networks = await docker.listNetworks({ filters });
  const { Volumes } = await docker.listVolumes({ filters });
  return { networks: networks.map(({ Name }) => Name), volumes: Volumes.map(({ Name }) => Name) };
}
