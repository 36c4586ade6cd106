import { afterAll, describe, expect, test } from 'vitest';
import { labels } from '../../core/identity/project.ts';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('rm', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const { docker } = checkout;
  const sleeper = (volume: string) => ({
    run: {
      kind: 'container',
      image: engine.images.tools,
      command: ['sleep', '1000'],
      init: true,
      volumes: [`${volume}:/state`],
    },
  });
  const services = { db: sleeper('data'), queue: sleeper('data') };
  checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
  const strangers: { remove(options?: object): Promise<unknown> }[] = [];

  const volumes = async (of: Checkout): Promise<string[]> => {
    const project = of.root.split('/').at(-1);
    const { Volumes } = await docker.listVolumes({
      filters: { label: [`${labels.project}=${project}`] },
    });
    return Volumes.map(({ Name }) => Name.replace(`${project}_`, '')).toSorted();
  };
  const stranger = async (name: string, options: object = {}) => {
    const Image = engine.images.tools;
    const container = await docker.createContainer({ name, Image, ...options });
    strangers.push({ remove: () => container.remove({ force: true }) });
    return container;
  };
  afterAll(async () => {
    for (const one of strangers) await one.remove().catch(() => {});
    await checkout[Symbol.asyncDispose]();
  });

  test('without --yes and without a terminal: 2, and nothing is touched', async () => {
    await checkout.task('up');
    const before = await checkout.containers();
    const { exitCode, stderr } = await checkout.task('rm', ['db']);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/Services: db\.\nData: \S+_db_data\./);
    expect(await checkout.containers()).toEqual(before);
  });

  test('a volume in use by a stranger is said before anything goes: 3', async () => {
    const project = checkout.root.split('/').at(-1);
    const name = `${project}-backup`;
    const backup = await stranger(name, { HostConfig: { Binds: [`${project}_db_data:/backup`] } });
    const before = await checkout.containers();
    const { exitCode, finished } = await checkout.task('rm', ['--yes', '--json']);
    expect({ exitCode, codes: finished.errors.map(({ code }) => code) }).toEqual({
      exitCode: 3,
      codes: ['DS_SERVICE_DATA_IN_USE'],
    });
    expect(finished.errors[0]?.message).toContain(`is used by ${name}`);
    expect(await checkout.containers()).toEqual(before);
    await backup.remove();
  });

  test('rm of a service whose container is gone still removes its volume', async () => {
    const { db = '' } = await checkout.containers();
    await docker.getContainer(db).remove({ force: true });
    expect(await volumes(checkout)).toEqual(['db_data', 'queue_data']);
    const { exitCode, finished } = await checkout.task('rm', ['db', '--yes', '--json']);
    expect(exitCode).toBe(0);
    expect(finished.services['db']).toMatchObject({
      action: 'removed',
      data: [expect.stringMatching(/_db_data$/)],
    });
    expect(await volumes(checkout)).toEqual(['queue_data']);
    expect(Object.keys(await checkout.containers())).toEqual(['queue']);
  });

  test('two projects side by side: neither touches the other', async () => {
    const other = createCheckout(engine);
    other.write({ 'devservices.config.json': JSON.stringify({ services }) });
    await other.task('up');
    const before = await other.containers();
    expect((await checkout.task('rm', ['--yes'])).exitCode).toBe(0);
    expect(await other.containers()).toEqual(before);
    expect(await volumes(other)).toEqual(['db_data', 'queue_data']);
    expect([await checkout.containers(), await volumes(checkout)]).toEqual([{}, []]);
    await other[Symbol.asyncDispose]();
  });

  test('unowned same-prefix container, volume and network are untouched by rm', async () => {
    await checkout.task('up');
    const project = checkout.root.split('/').at(-1) ?? '';
    const container = await stranger(`${project}_extra`);
    const volumeName = `${project}_db_extra`;
    await docker.createVolume({ Name: volumeName });
    const volume = docker.getVolume(volumeName);
    strangers.push(volume);
    const network = await docker.createNetwork({ Name: `${project}_net` });
    strangers.push(network);
    expect((await checkout.task('rm', ['--yes'])).exitCode).toBe(0);
    expect((await container.inspect()).State.Status).toBe('created');
    expect((await volume.inspect()).Name).toBe(volumeName);
    expect((await network.inspect()).Name).toBe(`${project}_net`);
    const networks = await docker.listNetworks({ filters: { name: [project] } });
    expect(networks.map(({ Name }) => Name)).toEqual([`${project}_net`]);
  });

  test('with a broken configuration: by labels, the data of all', async () => {
    await checkout.task('up');
    checkout.write({ 'devservices.config.json': '{' });
    const { exitCode, stderr } = await checkout.task('rm', ['--yes']);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('the configuration is broken');
    expect([await checkout.containers(), await volumes(checkout)]).toEqual([{}, []]);
  });
});
