import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { DevServicesError } from 'devservices';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createFolder, startFakeEngine } from '../fake-engine.ts';

const never = new AbortController().signal;
const certificate = join(import.meta.dirname, 'certificate');
const { cache } = createRequire(import.meta.url);
const isClientLoaded = () => Object.keys(cache).some((path) => path.includes('/dockerode/'));

describe('the connection to an engine', () => {
  // First in this file: what was imported once stays.
  test('the client is not imported before it is needed', async () => {
    const peer = await startFakeEngine((_, response) => void response.end('[]'));
    const engine = createEngine({ engine: peer.url, env: {} });
    await engine.connect(never);
    await engine.list({}, never);
    expect(isClientLoaded()).toBe(false);
    await engine.client();
    expect(isClientLoaded()).toBe(true);
    engine.close();
  });

  test('the client asks the engine that was found, whatever DOCKER_HOST says', async () => {
    for (const other of ['tcp://127.0.0.1:1', 'not an address', 'npipe:////./pipe/x']) {
      vi.stubEnv('DOCKER_HOST', other);
      vi.stubEnv('DOCKER_CERT_PATH', '/nowhere');
      onTestFinished(() => void vi.unstubAllEnvs());
      const peer = await startFakeEngine((_, response) => void response.end('{"Id":"x"}'));
      const engine = createEngine({ engine: peer.url, env: {} });
      const found = await (await engine.client()).getContainer('x').inspect();
      expect(found.Id).toBe('x');
      expect(peer.requests).toEqual(['GET /_ping', 'GET /v1.41/containers/x/json']);
      expect(process.env['DOCKER_HOST']).toBe(other);
      engine.close();
    }
  });

  test('a failure to find it is not kept', async () => {
    const folder = await createFolder();
    const engine = createEngine({ engine: `unix://${folder}/e.sock`, env: {} });
    await expect(engine.connect(never)).rejects.toMatchObject({ code: 'DS_DOCKER_UNREACHABLE' });
    const peer = await startFakeEngine();
    await symlink(peer.socketPath, `${folder}/e.sock`);
    await engine.connect(never);
    engine.close();
  });

  test('an engine that goes away meanwhile is named', async () => {
    const peer = await startFakeEngine(({ socket }) => void socket.destroy());
    const engine = createEngine({ engine: peer.url, env: {} });
    for (const ask of [
      () => engine.list({}, never),
      () => engine.ask({ doing: 'inspect' }, (client) => client.getContainer('x').inspect()),
    ]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'DS_DOCKER_LOST',
        facts: { address: peer.url },
      });
    }
    engine.close();
  });

  test('a database that is busy for the moment is asked again, and no more than that', async () => {
    let busy = 2;
    const peer = await startFakeEngine((_, response) => {
      const message = 'committing state: disk I/O error: resource temporarily unavailable';
      if (busy-- > 0) response.writeHead(500).end(JSON.stringify({ message, response: 500 }));
      else response.end('{"Id":"x"}');
    });
    const engine = createEngine({ engine: peer.url, env: {} });
    const inspect = () =>
      engine.ask({ doing: 'inspect' }, (client) => client.getContainer('x').inspect());
    expect(await inspect()).toMatchObject({ Id: 'x' });
    busy = 10;
    await expect(inspect()).rejects.toMatchObject({ code: 'DS_DOCKER_REQUEST_FAILED' });
    expect(busy).toBe(6);
    engine.close();
  });

  test('an interrupt is passed on as it is', async () => {
    let asked = () => {};
    const isAsked = new Promise<void>((resolve) => (asked = resolve));
    const peer = await startFakeEngine(() => asked());
    const engine = createEngine({ engine: peer.url, env: {} });
    const stop = new AbortController();
    const listing = engine.list({}, stop.signal);
    await isAsked;
    stop.abort(new Error('interrupted'));
    await expect(listing).rejects.toThrow('interrupted');
    engine.close();
  });
});

describe('an engine behind TLS', () => {
  async function startSecureEngine(): Promise<number> {
    const [cert, key] = await Promise.all(
      ['cert.pem', 'key.pem'].map((name) => readFile(join(certificate, name))),
    );
    const server = createServer({ cert, key }, (request, response) => {
      response.setHeader('Api-Version', '1.41').end(request.url === '/_ping' ? 'OK' : '{"Id":"x"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return (server.address() as { port: number }).port;
  }

  async function contextOf(
    port: number,
    { withCa, ...endpoint }: { withCa: boolean; SkipTLSVerify?: boolean },
  ) {
    const folder = await createFolder();
    const id = createHash('sha256').update('far').digest('hex');
    const [meta, tls] = [`contexts/meta/${id}`, `contexts/tls/${id}/docker`].map((path) =>
      join(folder, path),
    ) as [string, string];
    await Promise.all([meta, tls].map((path) => mkdir(path, { recursive: true })));
    const docker = { Host: `tcp://127.0.0.1:${port}`, ...endpoint };
    await writeFile(join(meta, 'meta.json'), JSON.stringify({ Endpoints: { docker } }));
    if (withCa) await cp(join(certificate, 'cert.pem'), join(tls, 'ca.pem'));
    return createEngine({ env: { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'far' }, home: folder });
  }

  test('is trusted by the certificates of its context, on the light path and by the client', async () => {
    const engine = await contextOf(await startSecureEngine(), { withCa: true });
    await engine.connect(never);
    expect((await (await engine.client()).getContainer('x').inspect()).Id).toBe('x');
    engine.close();
  });

  test('is not trusted without, unless its context says so', async () => {
    const port = await startSecureEngine();
    const skipping = await contextOf(port, { withCa: false, SkipTLSVerify: true });
    await skipping.connect(never);
    skipping.close();
    const folder = await createFolder();
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    const strict = createEngine({ engine: `tcp://127.0.0.1:${port}`, env });
    const failure = await strict.connect(never).catch((thrown: DevServicesError) => thrown);
    expect(failure).toMatchObject({ code: 'DS_DOCKER_UNREACHABLE' });
    expect((failure as DevServicesError).message).toContain('self-signed certificate');
  });

  test('is found by DOCKER_HOST with DOCKER_CERT_PATH', async () => {
    const port = await startSecureEngine();
    const folder = await createFolder();
    await cp(join(certificate, 'cert.pem'), join(folder, 'ca.pem'));
    const env = {
      DOCKER_HOST: `tcp://localhost:${port}`,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: folder,
    };
    const engine = createEngine({ env });
    expect((await engine.connect(never)).url).toBe(`https://localhost:${port}`);
    engine.close();
  });
});
