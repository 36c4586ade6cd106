import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type Checkout, createCheckout, type RunOptions } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { pushImage, sleepCommand } from '../rig/registry/push-image.ts';
import { type RegistryProxy, startRegistryProxy } from '../rig/registry/registry-proxy.ts';
import { type Registry, login, startRegistry } from '../rig/registry/start-registry.ts';

const engine = await ensureEngine();
const layerBytes = 1_000_000;

describe.skipIf(engine === null)('`up` and a private registry', () => {
  if (!engine) return;
  let registry: Registry;
  let proxy: RegistryProxy;
  let checkout: Checkout;
  let docker: Checkout['docker'];
  let dockerConfig: string;

  beforeAll(async () => {
    registry = await startRegistry({ wantsLogin: true });
    proxy = await startRegistryProxy(registry);
    for (const name of ['one', 'two'])
      await pushImage(engine, { name: imageOf(name), bytes: layerBytes });
  });
  beforeEach(() => {
    proxy.reset();
    checkout = createCheckout(engine);
    ({ docker } = checkout);
    dockerConfig = join(checkout.outside, 'docker');
    mkdirSync(dockerConfig);
    configureDocker({ auths: { [proxy.host]: { auth: encode(login.password) } } });
    onTestFinished(async () => {
      await checkout[Symbol.asyncDispose]();
      for (const name of ['one', 'two']) await removeImage(name);
    });
  });
  afterAll(async () => {
    await proxy?.close();
    await registry?.close();
  });

  const imageOf = (name: string) => `${proxy.host}/${name}:1`;
  const removeImage = (name: string) =>
    docker
      .getImage(imageOf(name))
      .remove()
      .catch(() => {});
  const isHere = (name: string) =>
    docker
      .getImage(imageOf(name))
      .inspect()
      .then(
        () => true,
        () => false,
      );
  const encode = (password: string) =>
    Buffer.from(`${login.username}:${password}`).toString('base64');
  const configureDocker = (config: object) =>
    writeFileSync(join(dockerConfig, 'config.json'), JSON.stringify(config));
  const configure = (services: Readonly<Record<string, object>>) => {
    const entries = Object.entries(services).map(([name, run]) => [
      name,
      { run: { kind: 'container', command: sleepCommand, init: true, ...run } },
    ]);
    checkout.write({
      'devservices.config.json': JSON.stringify({ services: Object.fromEntries(entries) }),
    });
  };
  const up = (args: readonly string[] = [], options: RunOptions = {}) =>
    checkout.task('up', ['--json', ...args], {
      ...options,
      env: {
        DOCKER_CONFIG: dockerConfig,
        PATH: `${dockerConfig}:${process.env['PATH']}`,
        ...options.env,
      },
    });

  test('two services of one image: one pull, told once, with bytes that add up', async () => {
    configure({ a: { image: imageOf('one') }, b: { image: imageOf('one') } });
    const { exitCode, json, finished } = await up();
    expect(exitCode).toBe(0);
    expect(finished.services).toMatchObject({ a: { state: 'ready' }, b: { state: 'ready' } });
    expect(proxy.pulls()).toBe(1);
    const news = json.filter(({ event }) => event === 'image-progress');
    const ends = news.filter(({ status }) => status === 'pulled');
    expect(ends).toHaveLength(1);
    const [{ current, total } = {}] = ends as { current?: number; total?: number }[];
    expect(total).toBeGreaterThan(layerBytes);
    expect(current).toBe(total);
    const bytes = news
      .filter(({ status }) => status === 'pulling')
      .map((one) => Number(one['current'] ?? 0));
    expect(bytes).toEqual(bytes.toSorted((left, right) => left - right));
  });

  test('a credential helper on PATH opens the registry', async () => {
    const helper = join(dockerConfig, 'docker-credential-case');
    const answer = JSON.stringify({ Username: login.username, Secret: login.password });
    writeFileSync(helper, `#!/bin/sh\necho '${answer}'\n`);
    chmodSync(helper, 0o755);
    configureDocker({ credsStore: 'case' });
    configure({ a: { image: imageOf('one') } });
    const { exitCode, stdout, stderr } = await up();
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain(login.password);
  });

  test('a wrong password ends it with 3, at once, and independents go on', async () => {
    configureDocker({ auths: { [proxy.host]: { auth: encode('wrong-password') } } });
    configure({ a: { image: imageOf('one') }, b: { image: engine.images.tools } });
    const { exitCode, finished, stdout, stderr } = await up();
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([{ code: 'DS_IMAGE_UNAUTHORISED' }]);
    expect(finished.services).toMatchObject({ a: { state: 'failed' } });
    expect(proxy.requests.filter(({ authorization }) => authorization).length).toBeLessThan(4);
    expect(stdout + stderr).not.toMatch(/wrong-password|trying again/);
  });

  test('an image that does not exist ends it with 3, at once', async () => {
    configure({ a: { image: imageOf('nope') } });
    const { exitCode, finished, stdout } = await up();
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([{ code: 'DS_IMAGE_NOT_FOUND' }]);
    expect(stdout).not.toContain('trying again');
  });

  test('Ctrl-C in the middle of a slow pull ends it at once, with nothing half-made', async () => {
    proxy.fault(({ kind, method }) =>
      kind === 'blob' && method === 'GET' ? { bytesPerSecond: 200_000 } : undefined,
    );
    configure({ a: { image: imageOf('one') }, b: { image: imageOf('two') } });
    let seen = 0;
    let askedAt = 0;
    const { exitCode, finished } = await up([], {
      onOutput(text, kill) {
        seen += text.split('"current"').length - 1;
        // It keeps coming, from both.
        if (askedAt > 0 || seen < 6) return;
        askedAt = performance.now();
        kill('SIGINT');
      },
    });
    expect(performance.now() - askedAt).toBeLessThan(2000);
    expect(exitCode).toBe(130);
    expect(finished.services).toMatchObject({
      a: { state: 'pulling', action: 'skipped' },
      b: { state: 'pulling', action: 'skipped' },
    });
    expect(await checkout.containers()).toEqual({});
    expect([await isHere('one'), await isHere('two')]).toEqual([false, false]);
    proxy.reset();
    expect((await up()).exitCode).toBe(0);
  });

  test('--pull always concerns who is created; where the registry is away, what is here serves', async () => {
    configure({ a: { image: imageOf('one') } });
    expect((await up()).exitCode).toBe(0);
    const before = await checkout.containers();
    proxy.reset();
    const second = await up(['--pull', 'always']);
    expect(second.finished.services['a']).toMatchObject({ action: 'unchanged' });
    expect(await checkout.containers()).toEqual(before);
    expect(proxy.requests).toEqual([]);
    proxy.fault(() => ({ cutAfter: 0 }));
    const third = await up(['--pull', 'always', '--recreate']);
    expect(third.exitCode).toBe(0);
    expect(third.finished.services['a']).toMatchObject({ action: 'recreated', state: 'ready' });
    expect(third.stderr).toContain(`Going on with the ${imageOf('one')} that is here.`);
  });

  test('--offline names all that is missing and who needs it; with the images here it asks nobody', async () => {
    configure({ a: { image: imageOf('one') }, b: { image: imageOf('one') } });
    expect((await up()).exitCode).toBe(0);
    await checkout.task('down');
    await removeImage('one');
    configure({
      a: { image: imageOf('one') },
      b: { image: imageOf('one') },
      c: { image: imageOf('two') },
      d: { image: engine.images.tools },
    });
    proxy.reset();
    const { exitCode, finished } = await up(['--offline']);
    expect(exitCode).toBe(3);
    expect(finished.errors.map(({ code, message }) => [code, ...message.split('\n')])).toEqual([
      [
        'DS_IMAGES_MISSING',
        '2 images are not on this machine, and no network may be asked:',
        `${imageOf('one')} for a, b; about 3 MB`,
        `${imageOf('two')} for c`,
      ],
    ]);
    expect(await checkout.containers()).toEqual({});
    expect(proxy.requests).toEqual([]);
    expect((await up()).exitCode).toBe(0);
    await checkout.task('down');
    proxy.reset();
    expect((await up(['--offline'])).exitCode).toBe(0);
    expect(Object.keys(await checkout.containers()).toSorted()).toEqual(['a', 'b', 'c', 'd']);
    expect(proxy.requests).toEqual([]);
  });

  test('an image here for another platform is missing, and that is said', async () => {
    const [own, other] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];
    configure({ a: { image: imageOf('one') } });
    expect((await up()).exitCode).toBe(0);
    configure({ a: { image: imageOf('one'), platform: `linux/${other}` } });
    const offline = await up(['--offline']);
    expect(offline.finished.errors[0]?.message).toContain(
      `wanted for linux/${other}, here for linux/${own} only`,
    );
    const { exitCode, finished } = await up();
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([{ code: 'DS_IMAGE_PLATFORM' }]);
    // What ran goes on: the new one could not be had.
    const [id] = Object.values(await checkout.containers());
    expect((await docker.getContainer(id ?? '').inspect()).State.Running).toBe(true);
  });
});
