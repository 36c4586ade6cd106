import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImageProgress } from 'devservices/runner';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildImage } from '../../../../plugins/docker/build/build-image.ts';
import { findBuilder } from '../../../../plugins/docker/build/find-builder.ts';
import { createImageBuilder } from '../../../../plugins/docker/build/image-builder.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { createBuildCase, never, quiet, thrownBy } from './build-case.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('what is built, and by what name', () => {
  if (!engine) return;

  test.each(['buildx', 'buildkit'] as const)(
    'a secret is seen by the build, and by nobody else: %s',
    async (kind) => {
      const it = await createBuildCase(engine, kind);
      it.write(
        `FROM ${it.base}\nRUN --mount=type=secret,id=a --mount=type=secret,id=b ` +
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

      it.write(`FROM ${it.base}\nRUN --mount=type=secret,id=a sha256sum < /run/secrets/a > /sum\n`);
      await builder.ensure(build, quiet);
      const image = it.docker.getImage(build.image);
      const kept = JSON.stringify([await image.history(), await image.inspect()]);
      expect(kept).not.toContain('first-secret');
    },
  );

  test('a secret without a builder that keeps it is no argument either', async () => {
    const it = await createBuildCase(engine, 'classic');
    it.write(`FROM ${it.base}\n`);
    const build = it.build({ secrets: { npm: { env: 'PATH' } } });
    expect(await thrownBy(it.builder.ensure(build, quiet))).toMatchObject({
      code: 'DS_BUILD_NEEDS_BUILDX',
      blame: 'environment',
    });
  });

  test('a secret that is not there is told before the builder starts', async () => {
    const it = await createBuildCase(engine, 'buildkit');
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
    const it = await createBuildCase(engine, 'buildkit');
    const builder = createImageBuilder({ engine: it.engine, env: { PATH: '/nowhere' } });
    const thrown = await thrownBy(builder.ensure(it.build(), quiet));
    expect(thrown).toMatchObject({ code: 'DS_BUILD_NO_CLI', blame: 'environment' });
  });

  test('a stranger’s image of the default name is left alone, a name that was given is taken', async () => {
    const it = await createBuildCase(engine, 'buildkit');
    it.write(`FROM ${it.base}\nENV MADE=here\n`);
    const image = it.build().image;
    const given = `${it.project.project}-given`;
    const foreign = await it.idOf(it.base);
    for (const repo of [image, given])
      await it.docker.getImage(it.base).tag({ repo, tag: 'latest' });
    onTestFinished(() => it.docker.getImage(image).remove());
    const thrown = await thrownBy(it.builder.ensure(it.build(), quiet));
    expect(thrown).toMatchObject({ code: 'DS_BUILD_IMAGE_TAKEN', facts: { image } });
    expect(await it.idOf(image)).toBe(foreign);
    await it.builder.ensure(it.build({}, { image: given }), quiet);
    expect(await it.idOf(given)).not.toBe(foreign);
  });

  test('an image of an earlier checkout of the project is built anew', async () => {
    const it = await createBuildCase(engine, 'buildkit');
    it.write(`FROM ${it.base}\n`);
    await it.builder.ensure(it.build(), quiet);
    const project = { ...it.project, checkout: 'f00d' };
    await it.builder.ensure(it.build({}, { project }), quiet);
    const { Config } = await it.docker.getImage(it.build().image).inspect();
    const memory = `${it.project.project}/f00d/api/h1`;
    expect(Config.Labels).toMatchObject({ 'dev.devservices.image': memory });
  });

  test('two services of one image are built once, and not if they differ', async () => {
    const it = await createBuildCase(engine, 'buildkit');
    it.write(`FROM ${it.base}\nRUN date +%N > /when\n`);
    const image = `${it.project.project}-both`;
    const ensure = async (service: string): Promise<ImageProgress[]> => {
      const seen: ImageProgress[] = [];
      const onProgress = (news: ImageProgress): void => void seen.push(news);
      await it.builder.ensure(it.build({}, { image, service }), { signal: never, onProgress });
      return seen;
    };
    const seen = await Promise.all([ensure('api'), ensure('worker')]);
    // News are of the build: who joined hears of it once.
    const joined = { image, status: 'building' };
    expect(seen.filter((news) => news.length === 1)).toEqual([[joined]]);
    const { Config } = await it.docker.getImage(image).inspect();
    const [, , owner, hash] = Config.Labels['dev.devservices.image']?.split('/') ?? [];
    expect(['api', 'worker']).toContain(owner);
    expect(hash).toBe('h1');
    const other = it.build({}, { image, service: 'other', hash: 'h2' });
    expect(await thrownBy(it.builder.ensure(other, quiet))).toMatchObject({
      code: 'DS_BUILD_IMAGE_SHARED',
      facts: { services: [expect.stringMatching(/^(?:api|worker)$/), 'other'] },
    });
  });

  test.each(['buildx', 'buildkit'] as const)(
    'what images have in common is made once, though each has a call of its own: %s',
    async (kind) => {
      const it = await createBuildCase(engine, kind);
      it.write('hello', 'file');
      it.write(`FROM ${it.base}\nCOPY file /file\nRUN sleep 1; date +%N > /when\n`);
      const images = ['api', 'worker'].map((service) =>
        it.build({}, { service, image: `${it.project.project}_${service}` }),
      );
      await Promise.all(images.map((image) => it.builder.ensure(image, quiet)));
      const layers = images.map(async ({ image }) => {
        const { RootFS } = await it.docker.getImage(image).inspect();
        return (RootFS as { Layers: string[] }).Layers;
      });
      const [one, other] = await Promise.all(layers);
      expect(other).toEqual(one);
    },
  );

  test('the engine that is asked is the one in use, whatever the environment names', async () => {
    const it = await createBuildCase(engine, 'buildkit');
    it.write(`FROM ${it.base}\n`);
    const env = { ...it.env, DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CONTEXT: 'elsewhere' };
    const builder = await findBuilder(it.env);
    if ('problem' in builder) throw new Error(builder.problem);
    await buildImage({ engine: it.engine, env, builder }, it.build(), { ...quiet, pull: false });
    expect(await it.idOf(it.build().image)).toMatch(/^sha256:/);
  });
});
