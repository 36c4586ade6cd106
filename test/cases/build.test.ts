import { basename, dirname } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { removeBuiltImages } from '../rig/built-images.ts';
import { createCheckout, type Checkout, type RunOptions } from '../rig/checkout.ts';
import { dockerCli } from '../rig/docker-cli.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { commandLines } from '../rig/command-lines.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('services whose images are built', () => {
  if (!engine) return;
  const base = engine.images.tools;
  let checkout: Checkout;
  let env: Record<string, string>;
  beforeEach(async () => {
    checkout = createCheckout(engine);
    const cli = await dockerCli('buildkit');
    if (!cli) throw new Error('there is no docker command line to build with');
    env = cli;
  });
  afterEach(async () => {
    const { docker, root } = checkout;
    await checkout[Symbol.asyncDispose]();
    await removeBuiltImages(docker, basename(root));
  });

  const sleeper = { kind: 'container', command: ['sleep', '1000'], init: true };
  // The rig's engine has no bridge that a step could use.
  const built = (build: object = {}) => ({
    run: { ...sleeper, build: { context: './api', network: 'host', ...build } },
  });
  const configure = (services: object) =>
    checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
  const up = (args: readonly string[] = [], options: RunOptions = {}) =>
    checkout.task('up', ['--json', ...args], { env, ...options });
  const withoutDocker = { env: { PATH: dirname(process.execPath) } };
  const dockerfile = `FROM ${base}\nARG V=0\nENV V=$V\nCOPY file /file\n`;

  test('the first `up` builds; from then on only what changed is built, and made anew', async () => {
    checkout.write({ 'api/Dockerfile': dockerfile, 'api/file': 'one' });
    configure({ api: built() });
    const first = await up();
    expect(first).toMatchObject({ exitCode: 0 });
    expect(first.finished.services['api']).toMatchObject({ state: 'ready', action: 'created' });
    const { api } = await checkout.containers();
    const content = async () => {
      const { api: id } = await checkout.containers();
      const read = await checkout.docker.getContainer(id ?? '').inspect();
      return { id, image: read.Image, env: read.Config.Env };
    };
    const made = await content();

    // Nobody even looks for a command line where there is nothing to build.
    const second = await up([], withoutDocker);
    expect(second.finished.services['api']).toMatchObject({ state: 'ready', action: 'unchanged' });
    expect(await content()).toEqual(made);

    const same = await up(['--build']);
    expect(same.finished.services['api']).toMatchObject({ action: 'unchanged' });
    expect(await content()).toEqual(made);
    expect(same.json.some((event) => event.event === 'image-progress')).toBe(true);

    checkout.write({ 'api/file': 'two' });
    const unasked = await up([], withoutDocker);
    expect(unasked.finished.services['api']).toMatchObject({ action: 'unchanged' });

    const dry = await up(['--build', '--dry-run'], withoutDocker);
    expect(dry.exitCode).toBe(0);
    expect(dry.stderr).toMatch(/Would build \S+_api for api from/);
    expect(await content()).toEqual(made);

    const asked = await up(['--build']);
    expect(asked.finished.services['api']).toMatchObject({
      action: 'recreated',
      reason: { code: 'image-changed' },
    });
    expect((await content()).image).not.toBe(made.image);
    expect((await content()).id).not.toBe(api);

    configure({ api: built({ args: { V: '1' } }) });
    const added = await up();
    expect(added.finished.services['api']).toMatchObject({ action: 'recreated' });
    configure({ api: built({ args: { V: '2' } }) });
    const changed = await up();
    expect(changed.finished.services['api']).toMatchObject({
      action: 'recreated',
      reason: { code: 'changed', text: 'build.args.V changed' },
    });
    expect((await content()).env).toContain('V=2');
  });

  test('a build that fails is told with its last lines; what needs it is skipped, the rest runs', async () => {
    checkout.write({ 'api/Dockerfile': `FROM ${base}\nRUN echo said by the step; exit 3\n` });
    configure({
      api: built(),
      web: { run: { ...sleeper, image: base }, dependsOn: ['api'] },
      db: { run: { ...sleeper, image: base } },
    });
    const { exitCode, finished } = await up();
    expect(exitCode).toBe(1);
    expect(finished.services).toMatchObject({
      api: { state: 'failed', error: { code: 'DS_BUILD_FAILED' } },
      web: { state: 'skipped' },
      db: { state: 'ready' },
    });
    expect(finished.services['api']?.error?.logs?.join('\n')).toContain('said by the step');
    // For people too.
    const plain = await checkout.task('up', [], { env });
    expect(plain.exitCode).toBe(1);
    expect(plain.stderr).toContain('said by the step');
    expect(Object.keys(await checkout.containers())).toEqual(['db']);
  });

  test('a build that fails leaves the container that is there', async () => {
    checkout.write({ 'api/Dockerfile': `FROM ${base}\nARG FAIL=0\nRUN exit $FAIL\n` });
    configure({ api: built() });
    expect(await up()).toMatchObject({ exitCode: 0 });
    const before = await checkout.containers();
    configure({ api: built({ args: { FAIL: '1' } }) });
    expect(await up()).toMatchObject({ exitCode: 1 });
    expect(await checkout.containers()).toEqual(before);
  });

  test('a context that is not there is told before anything starts', async () => {
    configure({ api: built({ context: './nowhere' }), db: { run: { ...sleeper, image: base } } });
    const { exitCode, finished } = await up();
    expect(exitCode).toBe(2);
    expect(finished.errors).toMatchObject([{ code: 'DS_BUILD_CONTEXT_MISSING' }]);
    expect(await checkout.containers()).toEqual({});
  });

  test('an image is built while what it waits for gets ready; two services share a context', async () => {
    checkout.write({ 'api/Dockerfile': dockerfile, 'api/file': 'one' });
    const slow = ['sh', '-c', 'sleep 1; touch /tmp/there; exec sleep 1000'];
    const ready = { kind: 'command', command: ['test', '-e', '/tmp/there'] };
    configure({
      db: { run: { ...sleeper, image: base, command: slow }, ready },
      api: { ...built(), dependsOn: ['db'] },
      worker: { ...built(), dependsOn: ['db'] },
    });
    const { exitCode, json } = await up();
    expect(exitCode).toBe(0);
    const ready0 = json.findIndex(
      (event) =>
        event.event === 'service-state' && event.service === 'db' && event.state === 'ready',
    );
    const builds = ['_api', '_worker'].map((name) =>
      json.findIndex((event) => event.event === 'image-progress' && event.image.endsWith(name)),
    );
    expect(builds.every((index) => index >= 0 && index < ready0)).toBe(true);
    const starts = json.findIndex(
      (event) =>
        event.event === 'service-state' && event.service === 'api' && event.state === 'starting',
    );
    expect(starts).toBeGreaterThan(ready0);
  });

  test('Ctrl-C during a build: 130 within two seconds, and nothing is left', async () => {
    checkout.write({ 'api/Dockerfile': `FROM ${base}\nRUN sleep 600\n` });
    configure({ api: built() });
    let killedAt = 0;
    const { exitCode, finished } = await up([], {
      onOutput(text, kill) {
        if (killedAt > 0 || !text.includes('sleep 600')) return;
        killedAt = performance.now();
        kill('SIGINT');
      },
    });
    expect(performance.now() - killedAt).toBeLessThan(2000);
    expect(exitCode).toBe(130);
    expect(finished).toMatchObject({ ok: false, exitCode: 130 });
    expect(await checkout.containers()).toEqual({});
    const tag = `--tag=${basename(checkout.root)}_api`;
    expect(commandLines().filter((line) => line.includes(tag))).toEqual([]);
  });

  test('`--update` can not be given where no registry may be asked', async () => {
    checkout.write({ 'api/Dockerfile': dockerfile, 'api/file': 'one' });
    configure({ api: built() });
    for (const other of [['--offline'], ['--pull', 'never']]) {
      const { exitCode, finished } = await up(['--update', ...other]);
      expect(exitCode).toBe(2);
      expect(finished.errors).toMatchObject([{ code: 'DS_ARGUMENT_CONFLICT' }]);
    }
    expect(await checkout.containers()).toEqual({});
  });
});
