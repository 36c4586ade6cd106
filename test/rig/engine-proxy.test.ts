import { EventEmitter, once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';

import Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { ensureEngine } from './engine/ensure-engine.ts';
import { startEngineProxy } from './engine-proxy.ts';
import type { EngineProxy } from './engine-proxy.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('proxy before a real engine', () => {
  const target = engine?.socketPath ?? '';
  const tools = engine?.images.tools ?? '';
  let proxy: EngineProxy;
  let docker: Docker;

  beforeAll(async () => {
    proxy = await startEngineProxy({ target });
    docker = new Docker({ socketPath: proxy.socketPath });
  });
  beforeEach(() => proxy.reset());
  afterAll(() => proxy.close());

  async function startTool(...Cmd: string[]): Promise<Docker.Container> {
    const HostConfig = { NetworkMode: 'none' };
    const container = await docker.createContainer({ Image: tools, Cmd, HostConfig });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
    return container;
  }

  test('has a socket path that the kernel takes', () => {
    expect(proxy.socketPath.length).toBeLessThan(100);
  });

  test('notes each request without the version, with its query', async () => {
    const versioned = new Docker({ socketPath: proxy.socketPath, version: 'v1.41' });
    await versioned.ping();
    await versioned.listContainers({ all: true });
    expect(proxy.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /_ping',
      'GET /containers/json',
    ]);
    expect(proxy.requests[1]?.query).toEqual({ all: 'true' });
    proxy.reset();
    expect(proxy.requests).toEqual([]);
  });

  test('passes on an answer of the engine that is an error', async () => {
    const missing = docker.getContainer('no-such-container').inspect();
    await expect(missing).rejects.toMatchObject({ statusCode: 404 });
  });

  test('carries both directions of an exec, to the end of its input', async () => {
    const container = await startTool('sleep', '600');
    const exec = await container.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true });
    const stream = await exec.start({ hijack: true, stdin: true });
    const output = new PassThrough();
    docker.modem.demuxStream(stream, output, output);
    stream.once('end', () => output.end());
    const sent = 'bytes \u00e9\n'.repeat(20_000);
    stream.end(sent);
    expect(await text(output)).toBe(sent);
    expect((await exec.inspect()).ExitCode).toBe(0);
  });

  test('counts what follows a refused upgrade', async () => {
    const exec = docker.getExec('no-such-exec');
    await expect(exec.start({ hijack: true, stdin: true })).rejects.toMatchObject({
      statusCode: 404,
    });
    await docker.ping();
    expect(proxy.requests.map(({ path }) => path)).toEqual(['/exec/no-such-exec/start', '/_ping']);
  });

  test('passes events and followed logs on as they come', async () => {
    const container = await startTool('sh', '-c', 'echo up; exec sleep 600');
    const events = await docker.getEvents({ filters: { container: [container.id] } });
    const logs = await container.logs({ follow: true, stdout: true });
    const [line] = (await once(logs, 'data')) as [Buffer];
    expect(line.toString()).toContain('up');
    await container.kill();
    const [event] = (await once(events, 'data')) as [Buffer];
    expect(JSON.parse(event.toString().split('\n')[0] ?? '')).toMatchObject({ Action: 'kill' });
    expect(proxy.requests.map(({ path }) => path)).toContain('/events');
  });

  test('answers in the place of the engine until the fault is lifted', async () => {
    const lift = proxy.fault(({ path }) =>
      path === '/info' ? { status: 500, body: { message: 'out of order' } } : undefined,
    );
    await expect(docker.info()).rejects.toThrow('out of order');
    expect(String(await docker.ping())).toBe('OK');
    lift();
    await expect(docker.info()).resolves.toHaveProperty('ServerVersion');
  });

  test('resets a connection', async () => {
    proxy.fault(() => 'reset');
    await expect(docker.ping()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('holds a request back until a promise settles', async () => {
    const gate = new EventEmitter();
    const delayUntil = once(gate, 'open');
    proxy.fault(({ path }) => (path === '/info' ? { delayUntil } : undefined));
    const order: string[] = [];
    const info = docker.info().then(() => order.push('info'));
    await proxy.seen(({ path }) => path === '/info');
    await docker.ping().then(() => order.push('ping'));
    gate.emit('open');
    await info;
    expect(order).toEqual(['ping', 'info']);
  });

  test('lets a request hang until connections break', async () => {
    proxy.fault(({ path }) => (path === '/info' ? 'hang' : undefined));
    const seen = proxy.seen(({ path }) => path === '/info');
    void seen.then(() => proxy.breakConnections());
    await expect(docker.info()).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('breaks a stream of events', async () => {
    const events = await docker.getEvents();
    const broken = once(events, 'error');
    proxy.breakConnections();
    await expect(broken).resolves.toMatchObject([{ code: 'ECONNRESET' }]);
  });

  test('closes with requests under way', async () => {
    const second = await startEngineProxy({ target });
    second.fault(() => 'hang');
    const closed = second.seen(() => true).then(() => second.close());
    const ping = new Docker({ socketPath: second.socketPath }).ping();
    await expect(ping).rejects.toMatchObject({ code: 'ECONNRESET' });
    await closed;
  });
});
