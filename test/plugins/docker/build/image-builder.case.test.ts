import { readdirSync, readFileSync } from 'node:fs';
import type { ImageProgress } from 'devservices/runner';
import { describe, expect, test } from 'vitest';
import { findBuilder } from '../../../../plugins/docker/build/find-builder.ts';
import { createImageBuilder } from '../../../../plugins/docker/build/image-builder.ts';
import { cliKinds } from '../../../rig/docker-cli.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { createBuildCase, quiet, thrownBy } from './build-case.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('images are built by the docker command line', () => {
  if (!engine) return;

  describe.each(cliKinds)('%s', (kind) => {
    test('is told for what it is', async () => {
      const { env } = await createBuildCase(engine, kind);
      expect(await findBuilder(env)).toMatchObject({ kind });
    });

    test('what is absent is built, what is there is left alone, what changed is built again', async () => {
      const it = await createBuildCase(engine, kind);
      it.write(`FROM ${it.base}\nARG V=0\nENV V=$V\n`);
      const seen: ImageProgress[] = [];
      await it.builder.ensure(it.build(), { ...quiet, onProgress: (news) => seen.push(news) });
      const { Id, Config } = await it.docker.getImage(it.build().image).inspect();
      const memory = `${it.project.project}/c0ffee/api/h1`;
      expect(Config.Labels).toMatchObject({ 'dev.devservices.image': memory });
      // Labels of containers would make theirs of everything that is started from it.
      expect(Config.Labels).not.toHaveProperty('dev.devservices.project');
      expect(seen[0]).toEqual({ image: it.build().image, status: 'building' });
      expect(seen.some(({ status }) => status.includes(`FROM `))).toBe(true);

      // Nobody looks for the command line where nothing has to be built.
      const blind = createImageBuilder({ engine: it.engine, env: { PATH: '/nowhere' } });
      await blind.ensure(it.build(), quiet);
      expect(await it.idOf(it.build().image)).toBe(Id);

      await it.builder.ensure(it.build({ args: { V: '2' } }, { hash: 'h2' }), quiet);
      const changed = await it.docker.getImage(it.build().image).inspect();
      expect(changed.Config.Env).toContain('V=2');
    });

    test('built again from the same, it is the same image', async () => {
      const it = await createBuildCase(engine, kind);
      it.write(`FROM ${it.base}\nCOPY file /file\n`);
      it.write('one', 'file');
      await it.builder.ensure(it.build(), quiet);
      const first = await it.idOf(it.build().image);
      await it.builder.rebuild(it.build(), { ...quiet, pull: false });
      expect(await it.idOf(it.build().image)).toBe(first);
      it.write('two', 'file');
      await it.builder.rebuild(it.build(), { ...quiet, pull: false });
      expect(await it.idOf(it.build().image)).not.toBe(first);
    });

    test('a step that fails is told with the last lines', async () => {
      const it = await createBuildCase(engine, kind);
      it.write(`FROM ${it.base}\nRUN echo said by the step; exit 3\n`);
      const thrown = await thrownBy(it.builder.ensure(it.build(), quiet));
      expect(thrown).toMatchObject({ code: 'DS_BUILD_FAILED', blame: 'outcome' });
      expect(JSON.stringify(thrown?.facts?.['logs'])).toContain('said by the step');
      expect(thrown?.facts?.['reason']).toMatch(/3\b/);
    });

    test('stage, labels, a Dockerfile of the configuration', async () => {
      const it = await createBuildCase(engine, kind);
      const dockerfileInline = `FROM ${it.base} AS dev\nENV STAGE=dev\nFROM dev AS last\nENV STAGE=last\n`;
      await it.builder.ensure(
        it.build({ dockerfileInline, target: 'dev', labels: { team: 'a=b "c"' } }),
        quiet,
      );
      const { Config } = await it.docker.getImage(it.build().image).inspect();
      expect(Config.Env).toContain('STAGE=dev');
      expect(Config.Labels).toMatchObject({ team: 'a=b "c"' });
    });

    test('a build that is aborted is over at once, and no process of it is left', async () => {
      const it = await createBuildCase(engine, kind);
      // A step that another test has just given up would be waited for.
      it.write(`FROM ${it.base}\nRUN : ${it.project.project}; sleep 600\n`);
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
