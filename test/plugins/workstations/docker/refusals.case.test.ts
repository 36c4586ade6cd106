import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { buildDerived, createDockerRig, never } from './docker-rig.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a workstation that cannot be made', { timeout: 120_000 }, () => {
  if (!engine) return;
  const rig = createDockerRig(engine);
  const { docker, project } = rig;
  const nothing = { containers: [], networks: [], volumes: [] };
  const build = {};
  afterEach(() => rig.clear());
  afterAll(() => rig.close());

  test('from an image without an sshd is refused by name, and nothing is left', async () => {
    const options = { image: engine.images.tools, build };
    await expect(rig.make('box', { options })).rejects.toMatchObject({
      code: 'DS_WORKSTATION_IMAGE_UNFIT',
      message: expect.stringContaining(`${engine.images.tools} has no sshd`),
    });
    expect(await rig.found()).toEqual(nothing);
  });

  test('from an image that nobody has says so in the engine’s words', async () => {
    const options = { image: 'devservices-test/nowhere:1', build };
    await expect(rig.make('box', { options })).rejects.toMatchObject({
      code: 'DS_WORKSTATION_IMAGE_MISSING',
      blame: 'environment',
    });
    expect(await rig.found()).toEqual(nothing);
  });

  test('as its image cannot be built shows what the build said', async () => {
    const options = { build: { base: engine.images.tools, network: 'none' } };
    await expect(rig.make('box', { options })).rejects.toMatchObject({
      code: 'DS_WORKSTATION_IMAGE_BUILD',
      message: expect.stringMatching(/built from devservices-test\/tools:1: .*\n {2}.*E: /s),
      hint: expect.stringContaining('docker.build.network'),
    });
    expect(rig.said.join('\n')).toContain('Building the image of workstations');
    expect(await rig.found()).toEqual(nothing);
  });

  test('whose sshd ends at once fails at once, with its last words', async () => {
    const sshd = `printf '#!/bin/sh\\necho the config is broken >&2\\nexit 3\\n' > /usr/sbin/sshd`;
    const image = await buildDerived(engine, `RUN ${sshd}`);
    await expect(rig.make('box', { options: { image, build } })).rejects.toMatchObject({
      code: 'DS_WORKSTATION_EXITED',
      blame: 'outcome',
      message: expect.stringMatching(/exit status 3 .*\n {2}the config is broken/),
    });
    // It is there to be looked into; what its home has is not ours to remove.
    expect(await rig.provider().find('box', never)).toMatchObject({
      state: 'stopped',
      providerState: 'exited (3)',
    });
  });

  test('since a stranger has its name leaves the stranger alone', async () => {
    const name = `${project}_workstation_box`;
    const stranger = await docker.createContainer({ name, Image: engine.images.tools });
    onTestFinished(() => stranger.remove({ force: true }));
    const provider = rig.provider();
    const taken = {
      code: 'DS_WORKSTATION_NAME_TAKEN',
      message: expect.stringContaining(`a container ${name} that is no workstation`),
    };
    await expect(provider.find('box', never)).rejects.toMatchObject(taken);
    await expect(rig.make('box')).rejects.toMatchObject(taken);
    expect(await stranger.inspect()).toMatchObject({ State: { Status: 'created' } });
    expect(await provider.list(never)).toEqual([]);
  });

  test('since another checkout has its name leaves that one alone', async () => {
    const owner = { project, checkout: 'another' };
    const theirs = await rig.make('box', owner);
    await expect(rig.make('box')).rejects.toMatchObject({
      code: 'DS_WORKSTATION_NAME_TAKEN',
      message: expect.stringContaining('of the checkout another'),
    });
    const other = rig.provider(owner);
    expect(await other.look(theirs, never)).toMatchObject({ state: 'running', id: theirs.id });
    await other.delete(theirs, never);
  });

  test('since a stranger has the name of its home leaves that volume alone', async () => {
    const Name = `${project}_workstation_box_home`;
    await docker.createVolume({ Name });
    onTestFinished(() => docker.getVolume(Name).remove());
    await expect(rig.make('box')).rejects.toMatchObject({
      code: 'DS_WORKSTATION_NAME_TAKEN',
      message: expect.stringContaining(`a volume ${Name}`),
    });
    expect(await rig.found()).toEqual(nothing);
  });

  test('since it was interrupted takes back what there was of it', async () => {
    const provider = rig.provider();
    const creation = await provider.describeNew('box', never);
    const interruption = new AbortController();
    const reason = new Error('interrupted');
    const call = { signal: interruption.signal, say: () => {} };
    const keys = { ...rig.ssh };
    const cut = rig.provider({
      keys: {
        ...keys,
        // Container, home and network are there by then.
        hostKeyPair: async (workstation) => {
          interruption.abort(reason);
          return keys.hostKeyPair(workstation);
        },
      },
    });
    await expect(cut.create(creation, call)).rejects.toBe(reason);
    expect(await rig.found()).toEqual(nothing);
  });

  test.each(['Box', '-box', '../box', 'a'.repeat(41), ''])(
    'is not asked for by a name like %j',
    async (name) => {
      const provider = rig.provider();
      const refusal = { code: 'DS_WORKSTATION_NAME_INVALID' };
      await expect(provider.describeNew(name, never)).rejects.toMatchObject(refusal);
      await expect(provider.find(name, never)).rejects.toMatchObject(refusal);
    },
  );
});
