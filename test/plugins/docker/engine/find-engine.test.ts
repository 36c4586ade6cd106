import { createHash } from 'node:crypto';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import type { DevServicesError } from 'devservices';
import { describe, expect, test } from 'vitest';
import { findEngine } from '../../../../plugins/docker/engine/find-engine.ts';
import type { FindOptions } from '../../../../plugins/docker/engine/find-engine.ts';
import { createFolder, startFakeEngine } from '../fake-engine.ts';

async function find(options: Partial<FindOptions>) {
  const found = await findEngine({
    env: {},
    home: '/nowhere',
    systemFolder: '/nowhere/system',
    signal: new AbortController().signal,
    pingTimeoutMs: 500,
    ...options,
  });
  found.transport.close();
  return found;
}

async function failureOf(options: Partial<FindOptions>): Promise<DevServicesError> {
  return find(options).then(
    () => expect.fail('an engine was found'),
    (thrown: DevServicesError) => thrown,
  );
}

async function writeContext(folder: string, name: string, meta: string): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(folder, 'contexts/meta', id, 'meta.json');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, meta);
}

const metaOf = (host: string) => JSON.stringify({ Endpoints: { docker: { Host: host } } });

describe('which engine', () => {
  test('the option wins over DOCKER_HOST, DOCKER_HOST over the context', async () => {
    const [byOption, byEnv, byContext] = await Promise.all([1, 2, 3].map(() => startFakeEngine()));
    const folder = await createFolder();
    await writeContext(folder, 'work', metaOf(byContext!.url));
    await writeFile(join(folder, 'config.json'), '{"currentContext":"work"}');
    const env = { DOCKER_HOST: byEnv!.url, DOCKER_CONFIG: folder };
    expect((await find({ engine: byOption!.url, env })).address.url).toBe(byOption!.url);
    expect((await find({ env })).address.url).toBe(byEnv!.url);
    expect((await find({ env: { DOCKER_CONFIG: folder } })).address.url).toBe(byContext!.url);
  });

  test('a workstation is reached by its name, and what that fails with is told as it is', async () => {
    const asked: string[] = [];
    const refusal = new Error('it is stopped');
    const reachWorkstation = (name: string) => {
      asked.push(name);
      return Promise.reject(refusal);
    };
    expect(await failureOf({ engine: 'workstation://box-2', reachWorkstation })).toBe(refusal);
    expect(asked).toEqual(['box-2']);
    for (const engine of ['workstation://', 'workstation://-oX', 'workstation://box/x']) {
      expect(await failureOf({ engine, reachWorkstation })).toMatchObject({
        code: 'DS_DOCKER_UNREACHABLE',
      });
    }
    expect(asked).toHaveLength(1);
  });

  test('DOCKER_CONTEXT wins over currentContext; "default" means the known sockets', async () => {
    const engine = await startFakeEngine();
    const folder = await createFolder();
    await writeContext(folder, 'mine', metaOf(engine.url));
    await writeFile(join(folder, 'config.json'), '{"currentContext":"gone"}');
    const env = { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'mine' };
    expect((await find({ env })).address.url).toBe(engine.url);
    const failure = await failureOf({ env: { DOCKER_CONFIG: folder, DOCKER_CONTEXT: 'default' } });
    expect(failure.message).toContain('/nowhere/system/docker.sock: ');
    expect(failure.message).not.toContain('context');
  });

  test('a known socket that answers is taken after those that do not', async () => {
    const engine = await startFakeEngine();
    const link = join(engine.folder, '.colima/default/docker.sock');
    await mkdir(dirname(link), { recursive: true });
    await symlink(engine.socketPath, link);
    expect((await find({ home: engine.folder })).address.url).toBe(`unix://${link}`);
  });

  test.each<[string, Record<string, string>]>([
    ['run/docker.sock', { XDG_RUNTIME_DIR: '~/run' }],
    ['.docker/run/docker.sock', {}],
    ['.docker/desktop/docker.sock', {}],
    ['.colima/work/docker.sock', { COLIMA_PROFILE: 'work' }],
    ['.config/colima/default/docker.sock', {}],
    ['elsewhere/default/docker.sock', { COLIMA_HOME: '~/elsewhere' }],
    ['.orbstack/run/docker.sock', {}],
    ['.rd/docker.sock', {}],
    ['.lima/docker/sock/docker.sock', {}],
    ['lima/mine/sock/docker.sock', { LIMA_HOME: '~/lima', LIMA_INSTANCE: 'mine' }],
    ['run/podman/podman.sock', { XDG_RUNTIME_DIR: '~/run' }],
    ['.local/share/containers/podman/machine/podman.sock', {}],
    ['tmp/podman/podman-machine-default-api.sock', { TMPDIR: '~/tmp' }],
  ])('%s is a place where it is looked for', async (place, variables) => {
    const engine = await startFakeEngine();
    const link = join(engine.folder, place);
    await mkdir(dirname(link), { recursive: true });
    await symlink(engine.socketPath, link);
    const env = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, value.replace('~', engine.folder)]),
    );
    expect((await find({ env, home: engine.folder })).address.url).toBe(`unix://${link}`);
  });

  test('CONTAINER_HOST is another tool’s, and not followed', async () => {
    const engine = await startFakeEngine();
    await failureOf({ env: { CONTAINER_HOST: engine.url } });
    expect(engine.requests).toEqual([]);
  });

  test('who named it is named', async () => {
    const failure = await failureOf({
      engine: 'unix:///nowhere/e.sock',
      engineSource: '$DEVSERVICES_ENGINE',
    });
    expect(failure.message).toContain('$DEVSERVICES_ENGINE unix:///nowhere/e.sock: there is no');
  });

  test('inside WSL the hint is for Windows', async () => {
    expect((await failureOf({ env: { WSL_DISTRO_NAME: 'Debian' } })).hint).toContain('Windows');
  });

  test('asks with one ping', async () => {
    const engine = await startFakeEngine();
    await find({ engine: engine.url });
    expect(engine.requests).toEqual(['GET /_ping']);
  });

  test('speaks the engine’s version, and its own newest to newer ones', async () => {
    const old = await startFakeEngine(undefined, { apiVersion: '1.43' });
    const newer = await startFakeEngine(undefined, { apiVersion: '1.99' });
    expect((await find({ engine: old.url })).apiVersion).toBe('1.43');
    expect((await find({ engine: newer.url })).apiVersion).toBe('1.51');
  });
});

describe('no engine', () => {
  test.each([
    ['the option', (url: string) => ({ engine: url })],
    ['DOCKER_HOST', (url: string) => ({ env: { DOCKER_HOST: url } })],
  ])('%s that does not answer is not passed over for a socket that would', async (_, choose) => {
    const engine = await startFakeEngine();
    const failure = await failureOf({ ...choose('unix:///nowhere/e.sock'), home: engine.folder });
    expect(failure).toMatchObject({ code: 'DS_DOCKER_UNREACHABLE', blame: 'environment' });
    expect(failure.facts['tried']).toHaveLength(1);
    expect(failure.message).toContain('there is no such socket');
    expect(engine.requests).toEqual([]);
  });

  test('every known socket is named with its reason', async () => {
    const failure = await failureOf({ env: { XDG_RUNTIME_DIR: '/nowhere/run' } });
    for (const path of [
      '/nowhere/system/docker.sock',
      '/nowhere/run/docker.sock',
      '/nowhere/.orbstack',
    ]) {
      expect(failure.message).toContain(path);
    }
    expect(failure.hint).toContain('--engine');
  });

  test('a context that is missing, broken or without an engine is a reason', async () => {
    const folder = await createFolder();
    await writeContext(folder, 'broken', '{"Endpoints":');
    await writeContext(folder, 'empty', '{}');
    const reasonOf = async (name: string) =>
      (await failureOf({ env: { DOCKER_CONFIG: folder, DOCKER_CONTEXT: name } })).message;
    expect(await reasonOf('gone')).toContain('docker context "gone": there is no such context');
    expect(await reasonOf('broken')).toContain('is not JSON');
    expect(await reasonOf('empty')).toContain('names no docker engine');
  });

  test('a corrupt config.json is a reason, is not quoted and stays as it was', async () => {
    const folder = await createFolder();
    const corrupt = '{"auths":{"x":{"auth":"c2VjcmV0"}}';
    await writeFile(join(folder, 'config.json'), corrupt);
    const failure = await failureOf({ env: { DOCKER_CONFIG: folder } });
    expect(failure.message).toContain('current docker context: ');
    expect(failure.message).toContain('/nowhere/system/docker.sock: ');
    expect(failure.message).not.toContain('c2VjcmV0');
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe(corrupt);
  });

  test('something else that answers is not taken for an engine', async () => {
    const engine = await startFakeEngine(undefined, { apiVersion: '' });
    const failure = await failureOf({ engine: engine.url });
    expect(failure.message).toContain('not as a Docker engine');
  });

  test('an engine that accepts and says nothing is given up', async () => {
    const folder = await createFolder();
    const open = new Set<{ destroy(): void }>();
    const silent = createServer((socket) => open.add(socket)).listen(join(folder, 's'));
    const failure = await failureOf({ engine: `unix://${folder}/s`, pingTimeoutMs: 50 });
    expect(failure.message).toContain('no answer within 0.05 s');
    open.forEach((socket) => socket.destroy());
    silent.close();
  });

  test('an engine that is too old is named with its version', async () => {
    const engine = await startFakeEngine(undefined, { apiVersion: '1.40' });
    const failure = await failureOf({ engine: engine.url });
    expect(failure).toMatchObject({ code: 'DS_DOCKER_TOO_OLD', facts: { version: '1.40' } });
  });

  test.each(['npipe:////./pipe/docker_engine'])('%s is refused plainly', async (url) => {
    const failure = await failureOf({ engine: url });
    expect(failure.code).toBe('DS_DOCKER_ADDRESS_UNSUPPORTED');
    expect(failure.hint).toMatch(/\/var\/run\/docker\.sock/);
  });

  test('an interrupt is no reason to go on', async () => {
    const stop = new AbortController();
    stop.abort(new Error('interrupted'));
    await expect(find({ signal: stop.signal })).rejects.toThrow('interrupted');
  });

  test('passwords of addresses are not shown', async () => {
    for (const password of ['hunter2', 'at@hunter2', 'a:b@c@hunter2']) {
      const failure = await failureOf({ engine: `tcp://me:${password}@127.0.0.1:1` });
      expect(failure.message).not.toContain('hunter2');
      expect(failure.message).toContain('connection refused');
    }
  });
});
