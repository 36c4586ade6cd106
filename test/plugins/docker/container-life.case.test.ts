import { connect, createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { createCaseProject, findFreePort, never } from './case-project.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a container on a real engine', () => {
  const { socketPath = '', images } = engine ?? {};
  const tools = images?.tools ?? '';
  const open = () => createCaseProject(socketPath);
  const listenOn = (port: number) => `while true; do nc -l -p ${port} </dev/null; done`;

  test('is made, started, observed, stopped and removed', async () => {
    const { runner, project, target, prepare } = await open();
    const port = await findFreePort();
    const ports = [{ name: 'tcp', container: 7000, host: port, protocol: 'tcp' as const }];
    const web = target('web', { image: tools, command: ['sh', '-c', listenOn(7000)] }, ports);
    const created = await prepare(web);
    expect(created).toMatchObject({ status: 'created', service: 'web' });

    const started = await runner.start(web, created, never);
    expect(started.status).toBe('running');
    const { instances, foreign } = await runner.observe(project, never);
    expect(foreign).toEqual([]);
    // The list does not tell when: only the look after the start does.
    const { startedAt, ...listed } = started;
    expect(startedAt).toBeGreaterThan(created.createdAt - 60_000);
    expect(instances).toEqual([
      { ...listed, createdAt: expect.any(Number) as number, spec: { v: 1, fields: { a: '1' } } },
    ]);
    expect(await runner.portOwner?.(port)).toBe(`${project.project}_web`);

    await runner.stop(started, { signal: never });
    const observed = async () => (await runner.observe(project, never)).instances[0];
    let stopped = await observed();
    // The list of newer engines follows a moment after the stop was answered.
    const deadline = AbortSignal.timeout(5000);
    for (; stopped?.status === 'running'; stopped = await observed()) deadline.throwIfAborted();
    expect(stopped).toMatchObject({ status: 'exited', exitCode: 137 });
    await runner.stop(started, { signal: never });
    await runner.remove(started, never);
    await runner.remove(started, never);
    expect((await runner.observe(project, never)).instances).toEqual([]);
  }, 30_000);

  test('has a new generation at each start', async () => {
    const { runner, run, target } = await open();
    const job = target('job', { image: tools, command: 'sleep 600', stopSignal: 'SIGKILL' });
    const first = await run(job);
    await runner.stop(first, { signal: never });
    const second = await runner.start(job, first, never);
    expect(second.id).toBe(first.id);
    expect(second.generation).not.toBe(first.generation);
  });

  test('a replaced one is gone, its named volume is not', async () => {
    const { runner, run, target, prepare, project } = await open();
    const write = ['sh', '-c', 'echo kept > /keep/file; sleep 600'];
    const fields = { image: tools, volumes: ['keep:/keep'], stopSignal: 'SIGKILL' };
    const old = await run(target('db', { ...fields, command: write }));
    await runner.exec(old, ['sh', '-c', 'until [ -s /keep/file ]; do :; done'], never);
    const next = target('db', { ...fields, command: 'sleep 600' });
    const renewed = await runner.start(next, await prepare(next, { replaces: old }), never);
    expect(renewed.id).not.toBe(old.id);
    expect((await runner.observe(project, never)).instances).toHaveLength(1);
    const { output } = await runner.exec(renewed, ['cat', '/keep/file'], never);
    expect(output).toBe('kept\n');
  });

  test('reaches others by service name and by alias', async () => {
    const { run, runner, target } = await open();
    const command = ['sh', '-c', listenOn(7000)];
    await run(target('web', { image: tools, command, aliases: ['site'] }));
    const job = await run(target('job', { image: tools, command: 'sleep 600' }));
    const ask = 'until nc -z web 7000 && nc -z site 7000; do :; done; grep host.docker /etc/hosts';
    const { output } = await runner.exec(job, ['sh', '-c', ask], AbortSignal.timeout(10_000));
    expect(output).toContain('host.docker.internal');
  });

  test('a name that a stranger holds is named and left alone', async () => {
    const { docker, project, target, prepare } = await open();
    const name = `${project.project}_db`;
    const HostConfig = { NetworkMode: 'none' };
    const stranger = await docker.createContainer({ name, Image: tools, HostConfig });
    onTestFinished(() => stranger.remove({ force: true }));
    const target1 = target('db', { image: tools, volumes: ['data:/data'] });
    await expect(prepare(target1)).rejects.toMatchObject({
      code: 'DS_DOCKER_NAME_TAKEN',
      facts: { kind: 'container', name },
    });
    expect((await stranger.inspect()).Id).toBe(stranger.id);
    const { Volumes } = await docker.listVolumes({ filters: { name: [`${name}_data`] } });
    expect(Volumes).toEqual([]);
  });

  test('a leftover of ours with the name makes room', async () => {
    const { target, prepare, runner, project } = await open();
    const job = target('job', { image: tools, command: 'true' });
    const leftover = await prepare(job);
    const fresh = await prepare(job);
    expect(fresh.id).not.toBe(leftover.id);
    expect((await runner.observe(project, never)).instances.map(({ id }) => id)).toEqual([
      fresh.id,
    ]);
  });

  test('fields that the engine refuses are the user’s, and leave nothing', async () => {
    const { target, prepare, runner, project } = await open();
    const bad = target('bad', { image: tools, volumes: ['data:/x'], capAdd: ['NO_SUCH_CAP'] });
    await expect(prepare(bad)).rejects.toMatchObject({
      code: 'DS_DOCKER_RUN_REFUSED',
      blame: 'user',
    });
    expect((await runner.observe(project, never)).instances).toEqual([]);
    expect(await runner.listData(project, 'all')).toEqual([]);
  });

  test('an interrupt while it is created leaves nothing', async () => {
    const { target, prepare, runner, project } = await open();
    const stop = new AbortController();
    const job = target('job', { image: tools, command: 'true', volumes: ['data:/x'] });
    const preparing = prepare(job, { signal: stop.signal });
    setImmediate(() => stop.abort(new Error('interrupted')));
    await expect(preparing).rejects.toThrow('interrupted');
    expect((await runner.observe(project, never)).instances).toEqual([]);
    expect(await runner.listData(project, 'all')).toEqual([]);
  });

  test('a port that a container holds is named with its holder', async () => {
    const { run, target, project } = await open();
    const host = await findFreePort();
    const ports = [{ name: 'tcp', container: 7000, host, protocol: 'tcp' as const }];
    await run(target('one', { image: tools, command: 'sleep 600' }, ports));
    const second = run(target('two', { image: tools, command: 'sleep 600' }, ports));
    await expect(second).rejects.toMatchObject({
      code: 'DS_DOCKER_PORT_TAKEN',
      blame: 'environment',
      facts: { service: 'two', port: host, owner: `${project.project}_one` },
    });
  });

  test('a port that a process holds is named', async () => {
    const { run, target } = await open();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port: host } = server.address() as { port: number };
    const ports = [{ name: 'tcp', container: 7000, host, protocol: 'tcp' as const }];
    const running = run(target('one', { image: tools, command: 'sleep 600' }, ports));
    await expect(running).rejects.toMatchObject({
      code: 'DS_DOCKER_PORT_TAKEN',
      facts: { port: host, owner: undefined },
    });
  });

  test('a command that is not in the image is an outcome, not the engine’s fault', async () => {
    const { run, target } = await open();
    const running = run(target('job', { image: tools, command: 'no-such-program' }));
    await expect(running).rejects.toMatchObject({
      code: 'DS_DOCKER_START_FAILED',
      blame: 'outcome',
    });
  });

  test('a server counts as listening when it does, not when its port is published', async () => {
    const { runner, run, target, docker, project } = await open();
    const host = await findFreePort();
    const port = { name: 'tcp', container: 7000, host, protocol: 'tcp' as const };
    const command = ['sh', '-c', 'until [ -e /go ]; do sleep 0.05; done; exec nc -lk -p 7000'];
    const web = await run(target('web', { image: tools, command: [...command] }, [port]));
    const isAccepted = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: host }, () => resolve(true));
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
    });
    expect(await runner.listens(web, port, never)).toBe(false);
    await runner.exec(web, ['touch', '/go'], never);
    const deadline = AbortSignal.timeout(10_000);
    while (!(await runner.listens(web, port, never))) deadline.throwIfAborted();
    const { NetworkSettings } = await docker.getContainer(web.id).inspect();
    const { IPAddress } = NetworkSettings.Networks[project.project]!;
    expect(await runner.probeAddress(web, port, never)).toEqual({ host: IPAddress, port: 7000 });
    // Podman has the kernel pass connections on, without a proxy that accepts them.
    expect(isAccepted).toBe(!engine?.isPodman);
  }, 20_000);

  test('udp and loopback listeners are told apart by the sockets inside', async () => {
    const { runner, run, target } = await open();
    const script = 'nc -lu -p 7001 & exec nc -l -s 127.0.0.1 -p 7000';
    const web = await run(target('web', { image: tools, command: ['sh', '-c', script] }));
    const port = (container: number, protocol: 'tcp' | 'udp') =>
      runner.listens(web, { name: 'x', container, host: 1, protocol }, never);
    const deadline = AbortSignal.timeout(10_000);
    while (!(await port(7001, 'udp'))) deadline.throwIfAborted();
    expect(await port(7000, 'tcp')).toBe(false);
    expect(await port(7002, 'udp')).toBe(false);
  });

  test('on an engine whose containers are out of reach, the sockets inside tell', async () => {
    const forwarder = createServer((client) => {
      const upstream = connect(socketPath);
      client.pipe(upstream).pipe(client);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('error', () => other.destroy()).on('close', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => forwarder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void forwarder.close());
    const { port: enginePort } = forwarder.address() as { port: number };
    const url = `tcp://127.0.0.1:${enginePort}`;
    const { runner, run, target } = await createCaseProject(socketPath, { url });
    const host = await findFreePort();
    const port = { name: 'tcp', container: 7000, host, protocol: 'tcp' as const };
    const script = 'until [ -e /go ]; do sleep 0.05; done; exec nc -lk -p 7000';
    const web = await run(target('web', { image: tools, command: ['sh', '-c', script] }, [port]));
    const untilListening = async () => {
      const deadline = AbortSignal.timeout(10_000);
      while (!(await runner.listens(web, port, never))) deadline.throwIfAborted();
    };
    expect(await runner.listens(web, port, never)).toBe(false);
    expect(await runner.probeAddress(web, port, never)).toEqual({ host: '127.0.0.1', port: host });
    await runner.exec(web, ['touch', '/go'], never);
    await untilListening();

    // An image without `cat`: what stays open behind the published port counts.
    await runner.exec(web, ['sh', '-c', 'rm "$(command -v cat)"'], never);
    await untilListening();
    expect(await runner.listens(web, { ...port, host: await findFreePort() }, never)).toBe(false);
  });
});
