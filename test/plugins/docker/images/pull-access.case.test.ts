import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { pushImage } from '../../../rig/registry/push-image.ts';
import { putPlatformList } from '../../../rig/registry/rewrite-platform.ts';
import { login } from '../../../rig/registry/start-registry.ts';
import { createPullRig, type PullRig } from './pull-rig.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('what a registry gives, and to whom', () => {
  if (!engine) return;
  let rig: PullRig;
  let app: string;

  beforeAll(async () => {
    rig = await createPullRig(engine);
    app = `${rig.proxy.host}/app:1`;
    await pushImage(engine, { name: app });
  });
  beforeEach(() => rig.reset());
  afterAll(() => rig?.close());

  describe('platforms', () => {
    const native = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
    const other = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';

    test('an image of one platform is not another’s', async () => {
      const { pull } = await rig.open();
      await expect(pull(app, { platform: other })).rejects.toMatchObject({
        code: 'DS_IMAGE_PLATFORM',
        facts: { platform: other, platforms: [native] },
      });
      expect(rig.tries()).toBe(1);
    });

    test('a list of platforms that has not the one that is wanted', async () => {
      const name = `${rig.proxy.host}/app:list`;
      await putPlatformList(app, { tag: 'list', platform: native });
      const { pull } = await rig.open();
      const thrown: unknown = await pull(name, { platform: other }).catch(
        (error: unknown) => error,
      );
      expect(thrown).toMatchObject({ code: 'DS_IMAGE_PLATFORM', facts: { platform: other } });
      // Not every engine can look up what a list has.
      expect([[native], []]).toContainEqual(
        (thrown as { facts: { platforms: readonly string[] } }).facts.platforms,
      );
      await pull(name, { platform: native });
    });

    test('what is here for another platform counts as missing', async () => {
      const name = `${rig.proxy.host}/foreign:1`;
      await pushImage(engine, { name, platform: other });
      const { pull } = await rig.open();
      await pull(name, { platform: other });
      await pull(name, { platform: other, pull: 'never' });
      await pull(name, { pull: 'never' });
      await expect(pull(name, { platform: native, pull: 'never' })).rejects.toMatchObject({
        code: 'DS_IMAGE_MISSING',
        facts: { platform: native },
      });
    });
  });

  describe('a registry that wants a login', () => {
    let door: PullRig;
    let secret: string;

    beforeAll(async () => {
      door = await createPullRig(engine, { wantsLogin: true });
      secret = `${door.proxy.host}/secret:1`;
      await pushImage(engine, { name: secret });
    });
    beforeEach(() => door.reset());
    afterAll(() => door?.close());

    const encode = (password: string) =>
      Buffer.from(`${login.username}:${password}`).toString('base64');
    const configure = (folder: string, config: object) =>
      writeFile(join(folder, 'config.json'), JSON.stringify(config));
    const refused = (more: object = {}) => ({
      code: 'DS_IMAGE_UNAUTHORISED',
      facts: { registry: door.proxy.host },
      ...more,
    });

    test('gets the one that docker login left', async () => {
      const { pull, folder } = await door.open();
      await configure(folder, { auths: { [door.proxy.host]: { auth: encode(login.password) } } });
      await pull(secret);
      expect(await door.isHere(secret)).toBe(true);
    });

    test('refuses strangers, and a password that is wrong, at the first try', async () => {
      const { pull, folder } = await door.open();
      await expect(pull(secret)).rejects.toMatchObject(refused());
      await configure(folder, { auths: { [door.proxy.host]: { auth: encode('wrong-password') } } });
      const thrown: unknown = await pull(secret).catch((error: unknown) => error);
      expect(thrown).toMatchObject(refused());
      expect(JSON.stringify(thrown) + String(thrown)).not.toContain('wrong-password');
      expect(door.tries()).toBe(2);
    });

    test('gets what a credential helper keeps', async () => {
      const { pull, folder } = await door.open();
      const helper = join(folder, 'docker-credential-rig');
      const answer = JSON.stringify({ Username: login.username, Secret: login.password });
      const script = `read server; [ "$server" = ${door.proxy.host} ] && echo '${answer}'`;
      await writeFile(helper, `#!/bin/sh\n${script}\n`);
      await chmod(helper, 0o755);
      await configure(folder, { credHelpers: { [door.proxy.host]: 'rig' } });
      await pull(secret);
      expect(await door.isHere(secret)).toBe(true);
    });

    test('a helper that is not there is named where the registry refuses, and only there', async () => {
      const { pull, folder, warnings } = await door.open();
      await configure(folder, { credsStore: 'nowhere' });
      await pull(app);
      await expect(pull(secret)).rejects.toMatchObject(
        refused({ hint: expect.stringContaining('docker-credential-nowhere is not on PATH') }),
      );
      expect(warnings).toEqual([]);
    });
  });
});
