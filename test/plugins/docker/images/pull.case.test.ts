import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { pushImage } from '../../../rig/registry/push-image.ts';
import { startRegistryProxy } from '../../../rig/registry/registry-proxy.ts';
import { createPullRig, type PullRig } from './pull-rig.ts';

const engine = await ensureEngine();
const layerBytes = 2_000_000;

describe.skipIf(engine === null)('pulls by a real engine from a real registry', () => {
  if (!engine) return;
  let rig: PullRig;
  let app: string;

  beforeAll(async () => {
    rig = await createPullRig(engine);
    app = `${rig.proxy.host}/app:1`;
    await pushImage(engine, { name: app, bytes: layerBytes });
  });
  beforeEach(() => rig.reset());
  afterAll(() => rig?.close());

  test('an image that is missing is pulled with its bytes told, then left alone', async () => {
    // There are engines that tell bytes once a second.
    rig.proxy.fault(({ kind }) => (kind === 'blob' ? { bytesPerSecond: 1_500_000 } : undefined));
    const { pull, progress } = await rig.open();
    await pull(app);
    const last = progress.at(-1);
    expect(last).toMatchObject({ image: app, status: 'pulled' });
    expect(last?.elapsedMs).toBeGreaterThan(0);
    expect(last?.current).toBe(last?.total);
    expect(last?.total).toBeGreaterThan(layerBytes);
    expect(last?.total).toBeLessThan(2 * layerBytes);
    const steps = progress.filter(({ status }) => status === 'pulling').map((one) => one.current);
    expect(new Set(steps).size).toBeGreaterThan(1);
    for (const status of ['pulling', 'extracting']) {
      const bytes = progress.filter((one) => one.status === status).map((one) => one.current ?? 0);
      expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
      expect(Math.max(...bytes)).toBeLessThanOrEqual(last?.total ?? 0);
    }
    const asked = rig.proxy.requests.length;
    await pull(app);
    expect(rig.proxy.requests).toHaveLength(asked);
    await pull(app, { pull: 'always' });
    expect(rig.proxy.requests.length).toBeGreaterThan(asked);
    // Not every engine knows that it was.
    expect(['up to date', 'pulled']).toContain(progress.at(-1)?.status);
  });

  test('who want the same image at the same time share one pull', async () => {
    const { pull } = await rig.open();
    await Promise.all([pull(app), pull(app), pull(app)]);
    expect(rig.tries()).toBe(1);
    expect(rig.proxy.pulls()).toBe(1);
  });

  test('a tag and a name that do not exist are told at once', async () => {
    const { pull, progress } = await rig.open();
    for (const name of ['app:nope', 'nope:1']) {
      await expect(pull(`${rig.proxy.host}/${name}`)).rejects.toMatchObject({
        code: 'DS_IMAGE_NOT_FOUND',
        blame: 'environment',
      });
    }
    expect(rig.tries()).toBe(2);
    expect(progress.filter(({ status }) => status.startsWith('trying again'))).toEqual([]);
  });

  test('a name that no registry takes', async () => {
    const { pull } = await rig.open();
    await expect(pull('nope/App:1')).rejects.toMatchObject({ code: 'DS_IMAGE_NAME_INVALID' });
    expect(rig.proxy.requests).toEqual([]);
  });

  test('a registry that stumbles is asked again', async () => {
    rig.proxy.fault(({ kind }) =>
      kind === 'manifest' && rig.tries() < 3 ? { status: 503 } : undefined,
    );
    const { pull, progress } = await rig.open();
    await pull(app);
    expect(rig.tries()).toBe(3);
    expect(progress.filter(({ status }) => status.startsWith('trying again'))).toHaveLength(2);
  });

  test('a connection that is cut in the middle of a layer costs no more than that try', async () => {
    // The configuration comes beside the layer, and is too small to be cut.
    let cuts = 2;
    rig.proxy.fault(({ kind, method }) =>
      kind === 'blob' && method === 'GET' && cuts-- > 0 ? { cutAfter: 5000 } : undefined,
    );
    const { pull, progress } = await rig.open();
    await pull(app);
    expect(cuts).toBeLessThan(0);
    expect(progress.at(-1)).toMatchObject({ status: 'pulled' });
    expect(rig.tries()).toBe(1);
  });

  test('one that is always cut is given up after four tries', async () => {
    rig.proxy.fault(({ kind }) => (kind === 'manifest' ? { cutAfter: 0 } : undefined));
    const { pull } = await rig.open();
    await expect(pull(app)).rejects.toMatchObject({
      code: 'DS_IMAGE_NO_NETWORK',
      facts: { registry: rig.proxy.host },
    });
    expect(rig.tries()).toBe(4);
    expect(await rig.isHere(app)).toBe(false);
  });

  test('a registry that is down: not reached, unless the image is here', async () => {
    const { pull, warnings } = await rig.open();
    const other = await startRegistryProxy({ port: Number(rig.proxy.host.split(':')[1]) });
    const name = `${other.host}/app:1`;
    await pull(name);
    await other.close();
    await pull(name, { pull: 'always' });
    expect(warnings).toEqual([expect.stringContaining(`Going on with the ${name} that is here.`)]);
    await rig.docker.getImage(name).remove();
    await expect(pull(name, { pull: 'always' })).rejects.toMatchObject({
      code: 'DS_IMAGE_NO_NETWORK',
    });
  });

  test('a pull that stands still is said, and ends at once when nobody wants it any more', async () => {
    const until = new Promise<void>((resolve) => onTestFinished(() => resolve()));
    rig.proxy.fault(({ kind, method }) =>
      kind === 'blob' && method === 'GET' ? { stallAfter: 100_000, until } : undefined,
    );
    const { pull, progress } = await rig.open({ stallMs: 1000 });
    const stop = new AbortController();
    const pulling = pull(app, {
      signal: stop.signal,
      onProgress({ status }) {
        if (status === 'no progress for 2 s') stop.abort(new Error('interrupted'));
      },
    });
    await expect(pulling).rejects.toThrow('interrupted');
    expect(progress.map(({ status }) => status)).toContain('no progress for 1 s');
    expect(await rig.isHere(app)).toBe(false);
  });
});
