import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageProgress } from 'devservices/runner';
import Docker from 'dockerode';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import { createEnsureImage } from '../../../../plugins/docker/images/ensure-image.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { never } from '../case-project.ts';
import { createFolder } from '../fake-engine.ts';
import { startFakeRegistry } from '../fake-registry.ts';

const found = await ensureEngine();

describe.skipIf(found === null)('pulls by a real engine', () => {
  const { url = '', socketPath = '' } = found ?? {};

  async function open() {
    const folder = await createFolder();
    const engine = createEngine({ engine: url, env: {} });
    onTestFinished(() => engine.close());
    const env = { DOCKER_CONFIG: folder };
    const ensureImage = createEnsureImage({ engine, env, home: folder, retryAfterMs: 1 });
    const progress: ImageProgress[] = [];
    const pull = (image: string, policy: 'missing' | 'always' = 'missing') => {
      onTestFinished(() =>
        new Docker({ socketPath })
          .getImage(image)
          .remove()
          .catch(() => {}),
      );
      const onProgress = (news: ImageProgress) => void progress.push(news);
      return ensureImage({ image }, { pull: policy, signal: never, onProgress });
    };
    return { folder, progress, pull };
  }

  test('an image that is missing is pulled with its bytes told, then left alone', async () => {
    const registry = await startFakeRegistry();
    const { pull, progress } = await open();
    await pull(`${registry.host}/app:1`);
    expect(progress.at(-1)).toMatchObject({ image: `${registry.host}/app:1` });
    expect(progress.some(({ current, total }) => total !== undefined && current === total)).toBe(
      true,
    );
    const asked = registry.requests.length;
    await pull(`${registry.host}/app:1`);
    expect(registry.requests).toHaveLength(asked);
    await pull(`${registry.host}/app:1`, 'always');
    expect(registry.requests.length).toBeGreaterThan(asked);
  });

  test('a tag that does not exist, and a name', async () => {
    const registry = await startFakeRegistry();
    const { pull } = await open();
    for (const name of ['app:nope', 'nope:1']) {
      await expect(pull(`${registry.host}/${name}`)).rejects.toMatchObject({
        code: 'DS_IMAGE_NOT_FOUND',
      });
    }
  });

  test('a name that no registry takes', async () => {
    const { pull } = await open();
    await expect(pull('nope/App:1')).rejects.toMatchObject({ code: 'DS_IMAGE_NAME_INVALID' });
  });

  test('a registry that wants a login gets the one that docker login left', async () => {
    const auth = Buffer.from('me:hunter2').toString('base64');
    const registry = await startFakeRegistry((_, response, authorization) => {
      if (authorization === `Basic ${auth}`) return false;
      const headers = { 'www-authenticate': 'Basic realm="app"' };
      response.writeHead(401, headers).end('{"errors":[{"code":"UNAUTHORIZED"}]}');
      return true;
    });
    const { pull, folder } = await open();
    await expect(pull(`${registry.host}/app:1`)).rejects.toMatchObject({
      code: 'DS_IMAGE_UNAUTHORISED',
      facts: { registry: registry.host },
    });
    const config = { auths: { [registry.host]: { auth } } };
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    await pull(`${registry.host}/app:1`);
  });

  test('a registry that stumbles is asked again', async () => {
    let stumbles = 2;
    const registry = await startFakeRegistry((path, response) => {
      if (!path.includes('/manifests/') || stumbles-- <= 0) return false;
      response.writeHead(503).end();
      return true;
    });
    const { pull, progress } = await open();
    await pull(`${registry.host}/app:1`);
    expect(progress.some(({ status }) => status.startsWith('trying again'))).toBe(true);
  });
});
