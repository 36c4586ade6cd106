import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { finish } from '../rig/engine/build-image.ts';
import { enginePaths } from '../rig/engine/engine-paths.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { ensurePrivate } from '../rig/engine/places.ts';
import { startPrivateEngine, stopPrivateEngine } from '../rig/engine/private-engine.ts';
import { countsOf, counter, follow, sawStarts } from '../rig/followed-logs.ts';

const engine = await ensureEngine();

describe.skipIf(!engine?.own)(
  'private engine, where the rig may: logs --follow while it is stopped and started',
  () => {
    if (!engine) return;
    const root = mkdtempSync(join(tmpdir(), 'ds-logs-'));
    const folders = { run: join(root, 'run'), cache: join(root, 'cache') };
    const { socket } = enginePaths(folders);
    const start = () => startPrivateEngine(folders, { iptables: false });
    let checkout: Checkout;

    beforeAll(async () => {
      ensurePrivate(root);
      await start();
      const { tools } = engine.images;
      const docker = new Dockerode({ socketPath: socket });
      const archive = await new Dockerode({ socketPath: engine.socketPath }).getImage(tools).get();
      await finish(docker, await docker.loadImage(archive, { quiet: 'true' }));
      checkout = createCheckout({ url: `unix://${socket}`, socketPath: socket });
      const services = {
        always: { run: counter(tools, { restart: 'always' }) },
        once: { run: counter(tools) },
      };
      checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
    });
    afterAll(async () => {
      await checkout?.[Symbol.asyncDispose]();
      await stopPrivateEngine(folders);
      await rm(root, { recursive: true, force: true });
    });

    test('it is said, and the logs go on: no line lost or doubled, also of what is started again by hand', async () => {
      expect((await checkout.task('up')).exitCode).toBe(0);
      const followed = follow(checkout);
      await followed.until(sawStarts('always', 1));
      await followed.until(sawStarts('once', 1));
      await stopPrivateEngine(folders);
      await start();
      await followed.until(sawStarts('always', 2));
      const { exitCode: upExitCode } = await checkout.task('up');
      expect(upExitCode).toBe(0);
      await followed.until(sawStarts('once', 2));
      const { exitCode, stdout, stderr } = await followed.end();
      expect(exitCode).toBe(130);
      expect(
        [...countsOf(stdout.split('\n').slice(0, -1)).keys()].map((key) => key.split(' ')[0]),
      ).toEqual(expect.arrayContaining(['always', 'once']));
      expect(stderr).toMatch(/went away[^]*It is back: the logs go on\./);
    });
  },
);
