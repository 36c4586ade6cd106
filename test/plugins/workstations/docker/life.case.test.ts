import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { createDockerRig, never, runProgram } from './docker-rig.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a workstation on an engine', { timeout: 120_000 }, () => {
  if (!engine) return;
  const rig = createDockerRig(engine);
  const { docker, project, root } = rig;
  afterAll(() => rig.close());
  const provider = rig.provider();
  const look = async (name: string) => {
    const seen = await provider.find(name, never);
    if (!seen) throw new Error(`There is no ${name}.`);
    return seen;
  };

  test('is described before it is made: what from, where, what it costs', async () => {
    expect(await provider.describeNew('box', never)).toMatchObject({
      name: 'box',
      scope: { project, region: engine.url, config: 'default' },
      config: { name: 'default', image: engine.images.workstation },
      costNote: expect.stringContaining('no money'),
    });
    expect(await rig.found()).toEqual({ containers: [], networks: [], volumes: [] });
  });

  test('lets its maker in by ssh, with the repo mounted, and runs what is asked for', async () => {
    writeFileSync(join(root, 'README'), 'of the repo\n');
    const box = await rig.make('box');
    expect(box).toMatchObject({ name: 'box', state: 'running', provider: 'docker' });
    const { folder } = await provider.login(box, never);
    expect(await rig.run(box, `cat ${folder}/README && exit 7`)).toMatchObject({
      exitCode: 7,
      stdout: 'of the repo\n',
    });
    await rig.run(box, `echo made there > ${folder}/made && echo kept > ~/kept`);
    expect(readFileSync(join(root, 'made'), 'utf8')).toBe('made there\n');
    expect(statSync(join(root, 'made')).uid).toBe(process.getuid?.());
  });

  test('has no rights that it does not need, and is to be reached from this machine alone', async () => {
    const { HostConfig, Config, NetworkSettings } = await docker
      .getContainer(`${project}_workstation_box`)
      .inspect();
    expect(HostConfig).toMatchObject({
      Privileged: false,
      Init: true,
      RestartPolicy: { Name: 'no' },
    });
    expect(HostConfig.CapAdd ?? []).toEqual([]);
    expect(HostConfig.NetworkMode).not.toBe('host');
    expect(JSON.stringify([HostConfig.Mounts, HostConfig.Binds])).not.toContain('.sock');
    expect(NetworkSettings.Ports['22/tcp']?.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
    // `up`, `down` and `reset` go by these.
    for (const label of ['project', 'checkout', 'service']) {
      expect(Object.keys(Config.Labels)).not.toContain(`dev.devservices.${label}`);
    }
  });

  test('takes no password, and no other key than the one that was made for it', async () => {
    const box = await look('box');
    const other = await rig.ssh.keyPair('somebody else');
    const { command, localPort } = await provider.tunnel(box, 22, never);
    const published = command[command.indexOf('-p') + 1] ?? '';
    expect(localPort).toBeGreaterThan(0);
    const { identityFile = '' } = await provider.login(box, never);
    const knock = (key: string) =>
      runProgram('ssh', [
        '-F',
        '/dev/null',
        ...['BatchMode=yes', 'StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null'].flatMap(
          (option) => ['-o', option],
        ),
        '-o',
        'IdentitiesOnly=yes',
        '-i',
        key,
        '-p',
        published,
        'root@127.0.0.1',
        'true',
      ]);
    expect(await knock(identityFile)).toMatchObject({ exitCode: 0 });
    const refused = await knock(other.privateFile);
    expect(refused).toMatchObject({ exitCode: 255 });
    expect(refused.stderr).toContain('Permission denied (publickey).');
  });

  test('keeps its home, its key and what was installed when it is stopped and started', async () => {
    const box = await look('box');
    const before = await provider.login(box, never);
    await rig.run(box, 'touch /opt/installed');
    await rig.disconnect();
    await provider.stop(box, never);
    expect(await look('box')).toMatchObject({ state: 'stopped', id: box.id });
    await provider.stop(box, never);
    await provider.start(box, never);
    await provider.start(box, never);
    expect(await look('box')).toMatchObject({ state: 'running', id: box.id });
    expect(await provider.login(box, never)).toEqual(before);
    expect(await rig.run(box, 'cat ~/kept; ls /opt/installed')).toMatchObject({
      exitCode: 0,
      stdout: 'kept\n/opt/installed\n',
    });
  });

  test('that was killed counts as running only once its sshd listens again', async () => {
    const box = await look('box');
    await rig.disconnect();
    const container = docker.getContainer(box.id);
    await container.kill({ signal: 'SIGKILL' });
    await container.wait();
    expect(await look('box')).toMatchObject({ state: 'stopped', providerState: 'exited (137)' });
    // The file of the sshd that was killed is still there.
    await provider.start(box, never);
    expect(await look('box')).toMatchObject({ state: 'running' });
    await container.pause();
    expect(await look('box')).toMatchObject({ state: 'stopped', providerState: 'paused' });
    await provider.start(box, never);
    expect(await look('box')).toMatchObject({ state: 'running' });
  });

  test('gives a machine that has lost the key another one', async () => {
    const box = await look('box');
    await rig.disconnect();
    rig.ssh.dropKeys(box.id);
    expect(await rig.run(box, 'echo in')).toMatchObject({ exitCode: 0, stdout: 'in\n' });
  });

  test('stands beside others, and each goes alone, with its home, its network and its keys', async () => {
    const other = await rig.make('box-2');
    const box = await look('box');
    expect((await provider.list(never)).map(({ name }) => name)).toEqual(['box', 'box-2']);
    expect(await rig.run(other, 'hostname; ls ~/kept')).toMatchObject({ stdout: 'box-2\n' });
    expect(await provider.losses(box, never)).toEqual([
      expect.stringContaining(`the home volume ${project}_workstation_box_home`),
      expect.stringContaining(`the container ${project}_workstation_box`),
    ]);
    const { identityFile = '' } = await provider.login(box, never);
    await rig.disconnect();
    await provider.delete(box, never);
    await provider.delete(box, never);
    expect(await provider.find('box', never)).toBeUndefined();
    expect(existsSync(identityFile)).toBe(false);
    expect(await rig.found()).toEqual({
      containers: ['box-2'],
      networks: ['box-2'],
      volumes: ['box-2_home'],
    });
    expect(await rig.run(other, 'echo still there')).toMatchObject({ stdout: 'still there\n' });
  });
});
