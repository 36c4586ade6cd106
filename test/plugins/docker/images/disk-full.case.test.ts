import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createEnsureImage } from '../../../../plugins/docker/images/ensure-image.ts';
import { enginePaths } from '../../../rig/engine/engine-paths.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { ensurePrivate } from '../../../rig/engine/places.ts';
import { startPrivateEngine, stopPrivateEngine } from '../../../rig/engine/private-engine.ts';
import { pushImage } from '../../../rig/registry/push-image.ts';
import { type Registry, startRegistry } from '../../../rig/registry/start-registry.ts';

const engine = await ensureEngine();
const mebibyte = 1024 * 1024;

describe.skipIf(!engine?.own)(
  'private engine, where the rig may: a disk that is full',
  async () => {
    if (!engine) return;
    const top = join(tmpdir(), `ds-full-${process.pid}`);
    const folders = { run: join(top, 'run'), cache: join(top, 'cache') };
    let registry: Registry;

    beforeAll(async () => {
      ensurePrivate(top);
      const options = `size=${32 * mebibyte},mode=700`;
      execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', top]);
      await startPrivateEngine(folders, { iptables: false });
      registry = await startRegistry();
    });
    afterAll(async () => {
      await registry.close();
      await stopPrivateEngine(folders);
      execFileSync('umount', [top]);
      await rm(top, { recursive: true, force: true });
    });

    test('is told from a registry that fails, and not tried again', async () => {
      const image = `127.0.0.1:${registry.port}/large:1`;
      await pushImage(engine, { name: image, bytes: 64 * mebibyte });
      const small = createEngine({ engine: `unix://${enginePaths(folders).socket}`, env: {} });
      const said: string[] = [];
      const ensureImage = createEnsureImage({
        engine: small,
        env: { PATH: process.env['PATH'] },
        home: top,
        retryAfterMs: 1,
        stallMs: 60_000,
        warn: (text) => said.push(text),
      });
      const pull = ensureImage(
        { image, platform: undefined },
        {
          pull: 'missing',
          signal: new AbortController().signal,
          onProgress: ({ status }) => said.push(status),
        },
      );
      await expect(pull).rejects.toMatchObject({ code: 'DS_IMAGE_NO_SPACE', blame: 'environment' });
      expect(said.filter((text) => text.includes('again'))).toEqual([]);
      small.close();
    });
  },
);
