import { describe, expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { startEngineProxy } from '../../rig/engine-proxy.ts';
import { createCaseProject, never } from './case-project.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('what is ours on a real engine', () => {
  const { socketPath = '', images } = engine ?? {};
  const tools = images?.tools ?? '';
  const open = () => createCaseProject(socketPath);

  test('a project’s network is made once, however many ask at once', async () => {
    const { runner, project, docker } = await open();
    await runner.dropProject(project, never);
    await Promise.all([1, 2, 3, 4].map(() => runner.ensureProject(project, never)));
    const found = await docker.listNetworks({ filters: { name: [project.project] } });
    expect(found.map(({ Labels }) => Labels)).toEqual([
      { 'dev.devservices.project': project.project, 'dev.devservices.checkout': 'c0ffee' },
    ]);
    await runner.dropProject(project, never);
    await runner.dropProject(project, never);
    expect(await docker.listNetworks({ filters: { name: [project.project] } })).toEqual([]);
  });

  test('a stranger’s network of that name is named and left alone', async () => {
    const { runner, project, docker } = await open();
    await runner.dropProject(project, never);
    const stranger = await docker.createNetwork({ Name: project.project });
    onTestFinished(() => stranger.remove());
    await expect(runner.ensureProject(project, never)).rejects.toMatchObject({
      code: 'DS_DOCKER_NAME_TAKEN',
      facts: { kind: 'network', name: project.project },
    });
    await runner.dropProject(project, never);
    expect((await stranger.inspect()).Id).toBe(stranger.id);
  });

  test('a network that a stranger uses stays, and says who', async () => {
    const { runner, project, docker } = await open();
    const name = `${project.project}-guest`;
    const HostConfig = { NetworkMode: project.project };
    const guest = await docker.createContainer({
      name,
      Image: tools,
      Cmd: ['sleep', '60'],
      HostConfig,
    });
    onTestFinished(() => guest.remove({ force: true }));
    await guest.start();
    await expect(runner.dropProject(project, never)).rejects.toMatchObject({
      code: 'DS_DOCKER_NETWORK_IN_USE',
      facts: { users: [name] },
    });
  });

  test('volumes are listed by service and removed by name', async () => {
    const { runner, project, prepare, target } = await open();
    const volumes = ['data:/data', 'more:/more'];
    const db = await prepare(target('db', { image: tools, command: 'true', volumes }));
    await prepare(target('cache', { image: tools, command: 'true', volumes: ['data:/data'] }));
    const names = async (services: readonly string[] | 'all') =>
      (await runner.listData(project, services)).map(({ name }) => name);
    const all = ['cache_data', 'db_data', 'db_more'].map((name) => `${project.project}_${name}`);
    expect(await names('all')).toEqual(all);
    expect(await names(['cache'])).toEqual([all[0]]);

    const [, data] = await runner.listData(project, 'all');
    await expect(runner.removeData(data!, never)).rejects.toMatchObject({
      code: 'DS_DOCKER_VOLUME_IN_USE',
      facts: { volume: all[1], users: [`${project.project}_db`] },
    });
    await runner.remove(db, never);
    await runner.removeData(data!, never);
    await runner.removeData(data!, never);
    expect(await names(['db'])).toEqual([all[2]]);
  });

  test('a volume that is another checkout’s since it was listed is left alone', async () => {
    const { runner, project, docker } = await open();
    const Name = `${project.project}_db_data`;
    const Labels = {
      'dev.devservices.project': project.project,
      'dev.devservices.checkout': 'another',
      'dev.devservices.service': 'db',
    };
    await docker.createVolume({ Name, Labels });
    onTestFinished(() => docker.getVolume(Name).remove());
    const listed = { kind: 'container', project, service: 'db', name: Name };
    await expect(runner.removeData(listed, never)).rejects.toMatchObject({
      code: 'DS_DOCKER_NAME_TAKEN',
    });
    expect((await docker.getVolume(Name).inspect()).Name).toBe(Name);
  });

  test('a stranger’s volume of that name is named and left alone', async () => {
    const { project, docker, prepare, target } = await open();
    const Name = `${project.project}_db_data`;
    await docker.createVolume({ Name });
    onTestFinished(() => docker.getVolume(Name).remove());
    const db = target('db', { image: tools, command: 'true', volumes: ['data:/data'] });
    await expect(prepare(db)).rejects.toMatchObject({
      code: 'DS_DOCKER_NAME_TAKEN',
      facts: { kind: 'volume', name: Name },
    });
  });

  test('anonymous volumes go with their container', async () => {
    const { docker, runner, run, target } = await open();
    const db = await run(target('db', { image: images?.redis ?? '', stopSignal: 'SIGKILL' }));
    const { Mounts } = await docker.getContainer(db.id).inspect();
    const [volume] = Mounts;
    expect(volume?.Type).toBe('volume');
    await runner.remove(db, never);
    const gone = docker.getVolume(volume?.Name ?? '').inspect();
    await expect(gone).rejects.toMatchObject({ statusCode: 404 });
  });

  test('a re-tagged image is drift, seen with one more request and none before', async () => {
    const proxy = await startEngineProxy({ target: socketPath });
    onTestFinished(() => proxy.close());
    const project = await createCaseProject(socketPath, { url: proxy.url });
    const { docker, runner, target, prepare } = project;
    const repo = `devservices-test/${project.project.project}`;
    await docker.getImage(tools).tag({ repo, tag: '1' });
    onTestFinished(() => docker.getImage(`${repo}:1`).remove());
    await prepare(target('job', { image: `${repo}:1`, command: 'true' }));
    const look = async () => {
      proxy.reset();
      const [job] = (await runner.observe(project.project, never)).instances;
      return { drift: job?.drift?.field, requests: proxy.requests.length };
    };
    // Podman has a list of its own for health, and none tells that a name has moved.
    const isPodman = engine?.isPodman ?? false;
    expect(await look()).toEqual({ drift: undefined, requests: isPodman ? 3 : 1 });
    await docker.getImage(images?.redis ?? '').tag({ repo, tag: '1' });
    expect(await look()).toEqual({ drift: 'image', requests: isPodman ? 3 : 2 });
  });

  test('an image that is nowhere fails by name before anything is made', async () => {
    const { docker, runner, project, prepare, target } = await open();
    const image = 'localhost:9/devservices-test/nowhere:1';
    const job = target('job', { image, command: 'true', volumes: ['data:/data'] });
    await expect(prepare(job, { pull: 'never' })).rejects.toMatchObject({
      code: 'DS_IMAGE_MISSING',
    });
    await expect(prepare(job, { pull: 'missing' })).rejects.toMatchObject({
      code: 'DS_IMAGE_NO_NETWORK',
      facts: { image, registry: 'localhost:9' },
    });
    expect(await runner.listData(project, 'all')).toEqual([]);
    expect(
      await docker.listContainers({ all: true, filters: { name: [project.project] } }),
    ).toEqual([]);
  });
});
