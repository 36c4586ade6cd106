import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageProgress } from 'devservices/runner';
import Docker from 'dockerode';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildImage } from '../../../../plugins/docker/build/build-image.ts';
import { findBuilder } from '../../../../plugins/docker/build/find-builder.ts';
import { createImageBuilder } from '../../../../plugins/docker/build/image-builder.ts';
import type { ImageBuild, ResolvedBuild } from '../../../../plugins/docker/build/resolved-build.ts';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { cliKinds, dockerCli, type CliKind } from '../../../rig/docker-cli.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

const engine = await ensureEngine();
const never = new AbortController().signal;
const quiet = { signal: never, onProgress: () => {} };

describe.skipIf(engine === null)('images are built by the docker command line', () => {
  if (!engine) return;
  const base = engine.images.tools;
  const docker = new Docker({ socketPath: engine.socketPath });

  /** A project of its own with a folder to build in; its images are gone after the test. */
  async function createBuildCase(kind: CliKind) {
    const cli = await dockerCli(kind);
    // The rig has to get each of them: without one, a whole way to build would go untested.
    if (!cli) throw new Error(`there is no docker command line of the kind ${kind}`);
    const project = { project: `case-${randomBytes(4).toString('hex')}`, checkout: 'c0ffee' };
    const context = createTempFolder();
    const connected = createEngine({ engine: engine?.url, env: {} });
    onTestFinished(async () => {
      connected.close();
      const filters = { label: [`dev.devservices.image.project=${project.project}`] };
      for (const { Id } of await docker.listImages({ all: true, filters })) {
        await docker
          .getImage(Id)
          .remove({ force: true })
          .catch(() => {});
      }
    });
    const env = { ...process.env, ...cli };
    return {
      env,
      engine: connected,
      context,
      project,
      builder: createImageBuilder({ engine: connected, env }),
      write: (text: string, name = 'Dockerfile') => writeFileSync(join(context, name), text),
      build: (fields: Partial<ResolvedBuild> = {}, more: Partial<ImageBuild> = {}): ImageBuild => ({
        project,
        service: 'api',
        image: `${project.project}_api`,
        platform: undefined,
        // The rig's engine has no bridge that a step could use.
        build: { context, network: 'host', ...fields },
        hash: 'h1',
        ...more,
      }),
    };
  }

  const idOf = async (image: string) => (await docker.getImage(image).inspect()).Id;
  const thrownBy = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (thrown: unknown) => thrown as { code?: string; facts?: Record<string, unknown> },
    );

  describe.each(cliKinds)('%s', (kind) => {
    test('is told for what it is', async () => {
      const { env } = await createBuildCase(kind);
      expect(await findBuilder(env)).toMatchObject({ kind });
    });

    test('what is absent is built, what is there is left alone, what changed is built again', async () => {
      const it = await createBuildCase(kind);
      it.write(`FROM ${base}\nARG V=0\nENV V=$V\n`);
      const seen: ImageProgress[] = [];
      await it.builder.ensure(it.build(), { ...quiet, onProgress: (news) => seen.push(news) });
      const { Id, Config } = await docker.getImage(it.build().image).inspect();
      expect(Config.Labels).toMatchObject({
        'dev.devservices.image.project': it.project.project,
        'dev.devservices.image.checkout': 'c0ffee',
        'dev.devservices.image.service': 'api',
        'dev.devservices.image.build': 'h1',
      });
      // Labels of containers would make theirs of everything that is started from it.
      expect(Config.Labels).not.toHaveProperty('dev.devservices.project');
      expect(seen[0]).toEqual({ image: it.build().image, status: 'building' });
      expect(seen.some(({ status }) => status.includes(`FROM `))).toBe(true);

      // Nobody looks for the command line where nothing has to be built.
      const blind = createImageBuilder({ engine: it.engine, env: { PATH: '/nowhere' } });
      await blind.ensure(it.build(), quiet);
      expect(await idOf(it.build().image)).toBe(Id);

      await it.builder.ensure(it.build({ args: { V: '2' } }, { hash: 'h2' }), quiet);
      const changed = await docker.getImage(it.build().image).inspect();
      expect(changed.Config.Env).toContain('V=2');
    });

    test('built again from the same, it is the same image', async () => {
      const it = await createBuildCase(kind);
      it.write(`FROM ${base}\nCOPY file /file\n`);
      it.write('one', 'file');
      await it.builder.ensure(it.build(), quiet);
      const first = await idOf(it.build().image);
      await it.builder.rebuild(it.build(), { ...quiet, pull: false });
      expect(await idOf(it.build().image)).toBe(first);
      it.write('two', 'file');
      await it.builder.rebuild(it.build(), { ...quiet, pull: false });
      expect(await idOf(it.build().image)).not.toBe(first);
    });

    test('a step that fails is told with the last lines', async () => {
      const it = await createBuildCase(kind);
      it.write(`FROM ${base}\nRUN echo said by the step; exit 3\n`);
      const thrown = await thrownBy(it.builder.ensure(it.build(), quiet));
      expect(thrown).toMatchObject({ code: 'DS_BUILD_FAILED', blame: 'outcome' });
      expect(JSON.stringify(thrown?.facts?.['logs'])).toContain('said by the step');
      expect(thrown?.facts?.['reason']).toMatch(/3\b/);
    });

    test('stage, labels, a Dockerfile of the configuration', async () => {
      const it = await createBuildCase(kind);
      const dockerfileInline = `FROM ${base} AS dev\nENV STAGE=dev\nFROM dev AS last\nENV STAGE=last\n`;
      await it.builder.ensure(
        it.build({ dockerfileInline, target: 'dev', labels: { team: 'a=b "c" $d' } }),
        quiet,
      );
      const { Config } = await docker.getImage(it.build().image).inspect();
      expect(Config.Env).toContain('STAGE=dev');
      expect(Config.Labels).toMatchObject({ team: 'a=b "c" $d' });
    });

    test('a build that is aborted is over at once, and no process of it is left', async () => {
      const it = await createBuildCase(kind);
      it.write(`FROM ${base}\nRUN sleep 600\n`);
      const stop = new AbortController();
      let ended: Promise<unknown> = Promise.resolve();
      await new Promise<void>((resolve) => {
        const onProgress = ({ status }: ImageProgress) => status.includes('sleep 600') && resolve();
        ended = thrownBy(it.builder.ensure(it.build(), { signal: stop.signal, onProgress }));
      });
      expect(processesWith(`--tag=${it.build().image}`)).not.toEqual([]);
      const before = performance.now();
      stop.abort(new Error('interrupted'));
      expect(await ended).toMatchObject({ message: 'interrupted' });
      expect(performance.now() - before).toBeLessThan(2000);
      expect(processesWith(`--tag=${it.build().image}`)).toEqual([]);
    });
  });

  test.each(['buildx', 'buildkit'] as const)(
    'a secret is seen by the build, and by nobody else: %s',
    async (kind) => {
      const it = await createBuildCase(kind);
      it.write(
        `FROM ${base}\nRUN --mount=type=secret,id=a --mount=type=secret,id=b ` +
          `cat /run/secrets/a /run/secrets/b && test "$(cat /run/secrets/a)" = first-secret && exit 7\n`,
      );
      const file = join(createTempFolder(), 'the, "file"');
      writeFileSync(file, 'second-secret\n');
      const build = it.build({ secrets: { a: { env: 'CASE_SECRET' }, b: { file } } });
      const builder = createImageBuilder({
        engine: it.engine,
        env: { ...it.env, CASE_SECRET: 'first-secret' },
      });
      const seen: ImageProgress[] = [];
      const thrown = await thrownBy(
        builder.ensure(build, { signal: never, onProgress: (news) => void seen.push(news) }),
      );
      // The seventh status says that the value was right; what the step printed is covered.
      expect(thrown).toMatchObject({ code: 'DS_BUILD_FAILED' });
      expect(thrown?.facts?.['reason']).toMatch(/7\b/);
      const told = JSON.stringify([thrown?.facts, seen]);
      expect(told).toContain('[redacted]');
      expect(told).not.toMatch(/first-secret|second-secret/);

      it.write(`FROM ${base}\nRUN --mount=type=secret,id=a sha256sum < /run/secrets/a > /sum\n`);
      await builder.ensure(build, quiet);
      const image = docker.getImage(build.image);
      const kept = JSON.stringify([await image.history(), await image.inspect()]);
      expect(kept).not.toContain('first-secret');
    },
  );

  test('a secret without a builder that keeps it is no argument either', async () => {
    const it = await createBuildCase('classic');
    it.write(`FROM ${base}\n`);
    const build = it.build({ secrets: { npm: { env: 'PATH' } } });
    expect(await thrownBy(it.builder.ensure(build, quiet))).toMatchObject({
      code: 'DS_BUILD_NEEDS_BUILDX',
      blame: 'environment',
    });
  });

  test('a secret that is not there is told before the builder starts', async () => {
    const it = await createBuildCase('buildkit');
    const seen: ImageProgress[] = [];
    const build = it.build({ secrets: { npm: { env: 'NOT_SET' } } });
    const options = { signal: never, onProgress: (news: ImageProgress) => void seen.push(news) };
    expect(await thrownBy(it.builder.ensure(build, options))).toMatchObject({
      code: 'DS_BUILD_SECRET_MISSING',
      facts: { service: 'api', id: 'npm', source: '$NOT_SET' },
    });
    expect(seen).toEqual([]);
  });

  test('without a docker command line, the error says what to install', async () => {
    const it = await createBuildCase('buildkit');
    const builder = createImageBuilder({ engine: it.engine, env: { PATH: '/nowhere' } });
    const thrown = await thrownBy(builder.ensure(it.build(), quiet));
    expect(thrown).toMatchObject({ code: 'DS_BUILD_NO_CLI', blame: 'environment' });
  });

  test('a stranger’s image of the default name is left alone, a name that was given is taken', async () => {
    const it = await createBuildCase('buildkit');
    it.write(`FROM ${base}\nENV MADE=here\n`);
    const image = it.build().image;
    const given = `${it.project.project}-given`;
    const foreign = await idOf(base);
    for (const repo of [image, given]) await docker.getImage(base).tag({ repo, tag: 'latest' });
    onTestFinished(() => docker.getImage(image).remove());
    const thrown = await thrownBy(it.builder.ensure(it.build(), quiet));
    expect(thrown).toMatchObject({ code: 'DS_BUILD_IMAGE_TAKEN', facts: { image } });
    expect(await idOf(image)).toBe(foreign);
    await it.builder.ensure(it.build({}, { image: given }), quiet);
    expect(await idOf(given)).not.toBe(foreign);
  });

  test('an image of an earlier checkout of the project is built anew', async () => {
    const it = await createBuildCase('buildkit');
    it.write(`FROM ${base}\n`);
    await it.builder.ensure(it.build(), quiet);
    const project = { ...it.project, checkout: 'f00d' };
    await it.builder.ensure(it.build({}, { project }), quiet);
    const { Config } = await docker.getImage(it.build().image).inspect();
    expect(Config.Labels).toMatchObject({ 'dev.devservices.image.checkout': 'f00d' });
  });

  test('two services of one image are built once, and not if they differ', async () => {
    const it = await createBuildCase('buildkit');
    it.write(`FROM ${base}\nRUN date +%N > /when\n`);
    const image = `${it.project.project}-both`;
    const seen: ImageProgress[] = [];
    const options = { signal: never, onProgress: (news: ImageProgress) => void seen.push(news) };
    await Promise.all([
      it.builder.ensure(it.build({}, { image }), { ...quiet }),
      it.builder.ensure(it.build({}, { image, service: 'worker' }), options),
    ]);
    const { Config } = await docker.getImage(image).inspect();
    expect(Config.Labels).toMatchObject({ 'dev.devservices.image.service': 'api' });
    expect(seen.at(-1)).toEqual({ image, status: 'build done' });
    const other = it.build({}, { image, service: 'worker', hash: 'h2' });
    expect(await thrownBy(it.builder.ensure(other, quiet))).toMatchObject({
      code: 'DS_BUILD_IMAGE_SHARED',
      facts: { services: ['api', 'worker'] },
    });
  });

  test.each(['buildx', 'buildkit'] as const)(
    'what images have in common is made once, though each has a call of its own: %s',
    async (kind) => {
      const it = await createBuildCase(kind);
      it.write('hello', 'file');
      it.write(`FROM ${base}\nCOPY file /file\nRUN sleep 1; date +%N > /when\n`);
      const images = ['api', 'worker'].map((service) =>
        it.build({}, { service, image: `${it.project.project}_${service}` }),
      );
      await Promise.all(images.map((image) => it.builder.ensure(image, quiet)));
      const layers = images.map(async ({ image }) => {
        const { RootFS } = await docker.getImage(image).inspect();
        return (RootFS as { Layers: string[] }).Layers;
      });
      const [one, other] = await Promise.all(layers);
      expect(other).toEqual(one);
    },
  );

  test('the engine that is asked is the one in use, whatever the environment names', async () => {
    const it = await createBuildCase('buildkit');
    it.write(`FROM ${base}\n`);
    const env = { ...it.env, DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CONTEXT: 'elsewhere' };
    const builder = await findBuilder(it.env);
    if ('problem' in builder) throw new Error(builder.problem);
    await buildImage({ engine: it.engine, env, builder }, it.build(), { ...quiet, pull: false });
    expect(await idOf(it.build().image)).toMatch(/^sha256:/);
  });
});

/** Pids of this machine's processes that were started with that argument. */
function processesWith(argument: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
      } catch {
        return false;
      }
    });
}
