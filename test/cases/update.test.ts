import { basename } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { removeBuiltImages, removeImage } from '../rig/built-images.ts';
import { createCheckout } from '../rig/checkout.ts';
import { dockerCli } from '../rig/docker-cli.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { pushImage, sleepCommand } from '../rig/registry/push-image.ts';
import { startRegistry } from '../rig/registry/start-registry.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('`up --update`', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const project = basename(checkout.root);
  const names: string[] = [];
  afterAll(async () => {
    const { docker } = checkout;
    await checkout[Symbol.asyncDispose]();
    await removeBuiltImages(docker, project);
    for (const name of names) await removeImage(docker, name);
  });

  test('makes anew what has a newer image, and nothing else; a registry that is away stops nothing', async () => {
    const registry = await startRegistry();
    const env = await dockerCli('buildkit');
    if (!env) throw new Error('there is no docker command line to build with');
    const [moving = '', still = ''] = ['moving', 'still'].map(
      (name) => `127.0.0.1:${registry.port}/${project}-${name}:1`,
    );
    names.push(moving, still);
    const up = (...args: string[]) => checkout.task('up', ['--json', ...args], { env });
    try {
      const local = `127.0.0.1:${registry.port}/${project}-local:1`;
      names.push(local);
      await checkout.docker
        .getImage(engine.images.tools)
        .tag({ repo: `127.0.0.1:${registry.port}/${project}-local`, tag: '1' });
      await Promise.all([moving, still].map((name) => pushImage(engine, { name })));
      const run = { kind: 'container', command: sleepCommand };
      checkout.write({
        'devservices.config.json': JSON.stringify({
          services: {
            moving: { run: { ...run, image: moving } },
            still: { run: { ...run, image: still } },
            local: { run: { ...run, image: local } },
            built: { run: { ...run, build: { dockerfileInline: `FROM ${moving}\nENV A=1\n` } } },
          },
        }),
      });
      expect(await up()).toMatchObject({ exitCode: 0 });
      const before = await checkout.containers();
      // The first of them loses its name, and has to be removed all the same.
      names.push((await checkout.docker.getImage(moving).inspect()).Id);

      await pushImage(engine, { name: moving });
      const unasked = await up();
      expect(unasked.exitCode).toBe(0);
      expect(await checkout.containers()).toEqual(before);

      const dry = await up('--update', '--dry-run');
      expect(dry.stderr).toContain(`Would ask 127.0.0.1:${registry.port} for a newer ${still}.`);
      expect(dry.stderr).toMatch(/Would build \S+_built for built from .+ newer base images/);
      expect(await checkout.containers()).toEqual(before);

      const { exitCode, finished, stderr } = await up('--update');
      expect(exitCode).toBe(0);
      const { moving: newer, built, still: same } = finished.services;
      expect(newer).toMatchObject({ action: 'recreated', reason: { code: 'image-changed' } });
      expect(built).toMatchObject({ action: 'recreated', reason: { code: 'image-changed' } });
      expect(same).toMatchObject({ action: 'unchanged' });
      expect(stderr).toContain(`${local} stays as it is here`);
      expect((await checkout.containers())['still']).toBe(before['still']);
    } finally {
      await registry.close();
    }
    const after = await checkout.containers();
    const away = await up('--update');
    expect(away.exitCode).toBe(0);
    for (const name of [moving, still]) expect(away.stderr).toContain(`${name} that is here`);
    expect(away.stderr).toContain(`${project}_built is built from the base images that are here`);
    expect(await checkout.containers()).toEqual(after);
  });
});
