import { execFileSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { describeDefaultImage } from '../../../../plugins/workstations/docker/default-image.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { buildDerived, createDockerRig, never } from './docker-rig.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('making a workstation', { timeout: 240_000 }, () => {
  if (!engine) return;
  const rig = createDockerRig(engine);
  const { docker, root } = rig;
  const image = engine.images.workstation;
  afterAll(() => rig.close());
  const remove = async (name: string) => {
    const provider = rig.provider();
    const seen = await provider.find(name, never);
    await rig.disconnect();
    if (seen) await provider.delete(seen, never);
  };

  test('many times at once makes one, with one home and one network', async () => {
    const provider = rig.provider();
    const creation = await provider.describeNew('box', never);
    const create = () => {
      const { signal } = new AbortController();
      return provider.create(creation, { signal, say: () => {} });
    };
    await Promise.all(Array.from({ length: 8 }, create));
    expect(await rig.found()).toEqual({
      containers: ['box'],
      networks: ['box'],
      volumes: ['box_home'],
    });
    const box = await rig.make('box');
    await provider.start(box, never);
    expect(await rig.run(box, 'echo in')).toMatchObject({ stdout: 'in\n' });
    await remove('box');
  });

  test('for somebody who is not root has files of the repo stay theirs, with sudo for the rest', async () => {
    chownSync(root, 12_345, 12_346);
    onTestFinished(() => chownSync(root, 0, 0));
    const caller = () => ({ name: 'Ada.L', uid: 12_345, gid: 12_346 });
    const box = await rig.make('box', { caller });
    const { user, folder } = await rig.provider().login(box, never);
    expect({ user, folder }).toEqual({ user: 'ada_l', folder: '/home/ada_l/shop' });
    const ran = await rig.run(box, `id -un; id -u; touch ${folder}/made ~/own && sudo id -u`);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'ada_l\n12345\n0\n' });
    const { uid, gid } = statSync(join(root, 'made'));
    expect({ uid, gid }).toEqual({ uid: 12_345, gid: 12_346 });
    await remove('box');
  });

  test('may name a user of its own, who has the image’s variables', async () => {
    const named = await buildDerived(engine, 'ENV SHOP="in the image" HOME=/nowhere\nUSER 1234');
    const box = await rig.make('box', { options: { image: named, user: 'dev', build: {} } });
    expect(await rig.run(box, 'echo $SHOP; echo $HOME; id -u; ls -d ~/.profile')).toMatchObject({
      stdout: 'in the image\n/home/dev\n1000\n/home/dev/.profile\n',
    });
    await remove('box');
  });

  test('clones the repo as whoever logs in, and does not clone over what is there', async () => {
    const origin = await buildDerived(
      engine,
      [
        'RUN git init -q --bare /opt/shop.git && git init -q /tmp/shop && cd /tmp/shop \\',
        ' && echo cloned > README && git add README \\',
        ' && git -c user.name=a -c user.email=a@b commit -qm first \\',
        ' && git push -q /opt/shop.git HEAD && chmod -R a+rX /opt/shop.git',
      ].join('\n'),
    );
    git(['init', '-q'], ['remote', 'add', 'origin', '/opt/shop.git']);
    const options = { image: origin, user: 'dev', repo: 'clone' as const, build: {} };
    // Git asks whose a repo is; on the same machine it is somebody else's.
    const trusted = await buildDerived(
      engine,
      'RUN git config --system --add safe.directory /opt/shop.git',
      origin,
    );
    const box = await rig.make('box', { options: { ...options, image: trusted } });
    expect(rig.warnings).toEqual([]);
    expect(rig.said).toContain('/opt/shop.git is cloned to /home/dev/shop');
    expect(await rig.run(box, 'cat shop/README; stat -c %U shop/README')).toMatchObject({
      stdout: 'cloned\ndev\n',
    });
    await remove('box');
  });

  test('is done although the repo cannot be cloned, and says how to go on', async () => {
    git(
      ['init', '-q'],
      ['remote', 'remove', 'origin'],
      ['remote', 'add', 'origin', '/nowhere.git'],
    );
    const box = await rig.make('box', { options: { image, repo: 'clone', build: {} } });
    expect(box.state).toBe('running');
    expect(rig.warnings.splice(0)).toEqual([
      expect.stringMatching(/^\/nowhere\.git could not be cloned in box: .*nowhere/),
      expect.stringContaining(
        'devservices workstations ssh box -- git clone /nowhere.git /root/shop',
      ),
    ]);
    await remove('box');
  });

  test('with a home that is left from before keeps it', async () => {
    const box = await rig.make('box', { options: { image, repo: 'none', build: {} } });
    await rig.run(box, 'echo kept > ~/kept');
    await rig.disconnect();
    await docker.getContainer(box.id).remove({ force: true });
    const again = await rig.make('box', { options: { image, repo: 'none', build: {} } });
    expect(again.uid).not.toBe(box.uid);
    expect(await rig.run(again, 'cat ~/kept')).toMatchObject({ stdout: 'kept\n' });
    await remove('box');
    expect(await rig.found()).toEqual({ containers: [], networks: [], volumes: [] });
  });

  test('builds its image where none is named, once for an engine', async () => {
    const build = { base: image, network: 'host' };
    const { tag } = describeDefaultImage(build);
    onTestFinished(() => docker.getImage(tag).remove({ force: true }));
    rig.said.length = 0;
    const box = await rig.make('box', { options: { build } });
    expect(rig.said.filter((line) => line.startsWith('Building'))).toHaveLength(1);
    expect(await rig.run(box, 'git --version && less --version')).toMatchObject({ exitCode: 0 });
    await rig.make('box-2', { options: { build } });
    expect(rig.said.filter((line) => line.startsWith('Building'))).toHaveLength(1);
    await remove('box');
    await remove('box-2');
  });

  const git = (...commands: readonly (readonly string[])[]) => {
    for (const args of commands) execFileSync('git', args, { cwd: root, stdio: 'ignore' });
  };
});
