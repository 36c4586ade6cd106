import { writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFakeEngine } from '../fake-engine.ts';
import { ensureWith, openRegistry, pullsOf, refuse, say } from './fake-pulls.ts';

describe('pulling', () => {
  test('asks for one tag, sums bytes of layers, and ends with what came and how long it took', async () => {
    const layer = (id: string, status: string, current: number, total: number) => ({
      id,
      status,
      progressDetail: { current, total },
    });
    const { peer, ensure } = await openRegistry((response) =>
      say(
        response,
        { status: 'Pulling from library/x', id: 'latest' },
        layer('a', 'Downloading', 10, 100),
        layer('b', 'Downloading', 50, 50),
        layer('a', 'Downloading', 100, 100),
        layer('a', 'Extracting', 5, 100),
        { status: 'Status: Downloaded newer image for x:latest' },
      ),
    );
    const { done, progress } = ensure('x');
    await done;
    expect(pullsOf(peer)).toEqual([expect.stringContaining('fromImage=x&tag=latest')]);
    expect(progress).toEqual([
      { image: 'x', status: 'pulling' },
      { image: 'x', status: 'extracting', current: 0, total: 150 },
      {
        image: 'x',
        status: 'pulled',
        current: 150,
        total: 150,
        elapsedMs: expect.any(Number) as number,
      },
    ]);
  });

  test('services that want the same image share one pull, each hears of it, and one hears all', async () => {
    const { peer, ensure } = await openRegistry((response) => {
      setImmediate(() => say(response, { id: 'a', status: 'Pulling fs layer' }));
    });
    const asked = [ensure('x:1'), ensure('x:1'), ensure('y:1')];
    await Promise.all(asked.map(({ done }) => done));
    expect(pullsOf(peer)).toHaveLength(2);
    expect(asked.map(({ progress }) => progress.map(({ status }) => status))).toEqual([
      ['pulling', 'pulled'],
      ['pulling'],
      ['pulling', 'pulled'],
    ]);
  });

  test('one of two that leaves does not end the pull of the other', async () => {
    const open: ServerResponse[] = [];
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    const { ensure } = await openRegistry((response) => {
      open.push(response.writeHead(200));
      begun();
    });
    const stop = new AbortController();
    const leaves = ensure('x:1', { signal: stop.signal });
    const stays = ensure('x:1');
    await beginning;
    stop.abort(new Error('interrupted'));
    await expect(leaves.done).rejects.toThrow('interrupted');
    open.forEach((response) => response.end());
    await stays.done;
  });

  test('a pull that nobody wants any more is cut', async () => {
    let begun = () => {};
    const beginning = new Promise<void>((resolve) => (begun = resolve));
    let cut: Promise<void> | undefined;
    const { ensure } = await openRegistry((response) => {
      cut = new Promise((resolve) => response.once('close', resolve));
      response.writeHead(200).flushHeaders();
      begun();
    });
    const stop = new AbortController();
    const { done } = ensure('x:1', { signal: stop.signal });
    await beginning;
    stop.abort(new Error('interrupted'));
    await expect(done).rejects.toThrow('interrupted');
    await cut;
  });

  test('is tried again three times where the network failed, not more', async () => {
    const gone = 'Get "https://r/v2/": dial tcp: connection refused';
    const { peer, ensure } = await openRegistry((response) => refuse(response, gone));
    await expect(ensure('x').done).rejects.toMatchObject({
      code: 'DS_IMAGE_NO_NETWORK',
      facts: { reason: gone, registry: 'docker.io' },
    });
    expect(pullsOf(peer)).toHaveLength(4);
  });

  test('a refusal of another kind is not tried again, though the engine calls it its own error', async () => {
    const { peer, ensure } = await openRegistry((response) => refuse(response, 'no such plugin'));
    await expect(ensure('x').done).rejects.toMatchObject({ code: 'DS_IMAGE_PULL_FAILED' });
    expect(pullsOf(peer)).toHaveLength(1);
  });

  test('succeeds when the registry recovers, also when it broke half-way', async () => {
    const { peer, ensure } = await openRegistry((response, tries) => {
      if (tries === 1) refuse(response, 'received unexpected HTTP status: 503');
      else if (tries === 2) say(response, { error: 'unexpected EOF' });
      else say(response, { status: 'Downloaded' });
    });
    const { done, progress } = ensure('x');
    await done;
    expect(pullsOf(peer)).toHaveLength(3);
    expect(progress.map(({ status }) => status)).toContain('trying again: unexpected EOF');
  });

  test('an image that does not exist is not asked for again', async () => {
    const { peer, ensure } = await openRegistry((response) =>
      refuse(response, 'manifest for x:nope not found: manifest unknown', 404),
    );
    await expect(ensure('x:nope').done).rejects.toMatchObject({ code: 'DS_IMAGE_NOT_FOUND' });
    expect(pullsOf(peer)).toHaveLength(1);
  });

  test('goes with the credentials that docker login left, which no error shows', async () => {
    let sent: string | undefined;
    const peer = await startFakeEngine(({ url = '', headers }, response) => {
      if (!url.includes('/images/create?')) return false;
      sent = String(headers['x-registry-auth']);
      refuse(response, 'unauthorized: incorrect username or password');
      return true;
    });
    const auth = Buffer.from('me:hunter2').toString('base64');
    await writeFile(
      join(peer.folder, 'config.json'),
      JSON.stringify({ auths: { 'r.io': { auth } } }),
    );
    const thrown = await ensureWith(peer)('r.io/x').done.catch((error: unknown) => error);
    expect(JSON.parse(Buffer.from(sent ?? '', 'base64').toString())).toMatchObject({
      username: 'me',
      password: 'hunter2',
    });
    expect(thrown).toMatchObject({ code: 'DS_IMAGE_UNAUTHORISED' });
    expect((thrown as Error).message).not.toContain('hunter2');
  });

  test('two ways to write one image are one pull', async () => {
    const { peer, ensure } = await openRegistry((response) => setImmediate(() => say(response)));
    await Promise.all(['x', 'docker.io/library/x:latest'].map((name) => ensure(name).done));
    expect(pullsOf(peer)).toHaveLength(1);
  });

  test('what an engine gave up after tries of its own is not tried again', async () => {
    const { peer, ensure } = await openRegistry((response) =>
      say(response, { id: 'a', status: 'Retrying in 5 seconds' }, { error: 'unexpected EOF' }),
    );
    const { done, progress } = ensure('x');
    await expect(done).rejects.toMatchObject({ code: 'DS_IMAGE_NO_NETWORK' });
    expect(pullsOf(peer)).toHaveLength(1);
    expect(progress.map(({ status }) => status)).toEqual(['trying again', 'not pulled']);
  });

  test('an engine that goes away in the middle is said to be gone, and not asked again', async () => {
    const { peer, ensure } = await openRegistry((response) => {
      response.writeHead(200).write('{"status":"Pulling from x"}\r\n');
      setImmediate(() => response.destroy());
    });
    await expect(ensure('x').done).rejects.toMatchObject({ code: 'DS_DOCKER_LOST' });
    expect(pullsOf(peer)).toHaveLength(1);
  });
});
