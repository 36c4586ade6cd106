import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Connection, Workstation } from '../../plugins/workstations/contract.ts';
import type { TunnelReport } from '../../plugins/workstations/tunnels/tunnel-record.ts';
import { sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { createWorkstationsOnEngine } from '../rig/workstations-on-engine.ts';

type Made = Connection & { isNew: boolean };

const engine = await ensureEngine();

describe.skipIf(engine === null)('workstations on the engine', { timeout: 240_000 }, () => {
  if (!engine) return;
  const checkout = createWorkstationsOnEngine(engine, {
    db: { run: sleeper(engine.images.tools) },
  });
  const { ask, call, refusal, found, living, docker, project, root } = checkout;
  afterAll(() => checkout[Symbol.asyncDispose]());
  const tunnels = async () =>
    (await ask<{ tunnels: readonly TunnelReport[] }>(['tunnels', 'list'])).tunnels;

  test('one that is not there is unknown, and none are listed', async () => {
    expect(await ask(['list'])).toEqual({ workstations: [] });
    expect(await refusal(2, ['status', 'box'])).toMatchObject({ code: 'DS_WORKSTATION_UNKNOWN' });
    expect((await refusal(2, ['create', 'Box'])).code).toBe('DS_WORKSTATION_NAME_INVALID');
    const { configs } = await ask<{ configs: unknown[] }>(['configs']);
    expect(configs).toMatchObject([{ name: 'default', image: engine.images.workstation }]);
  });

  test('create says what it makes and what it costs, and has ssh lead there', async () => {
    const created = await call(['create', 'box']);
    expect(created.exitCode, created.stderr).toBe(0);
    for (const text of [project, 'default', engine.images.workstation, 'no money', 'mounted at']) {
      expect(created.stderr).toContain(text);
    }
    for (const text of ['ssh -F', 'vscode://vscode-remote/ssh-remote+', 'jetbrains-gateway://']) {
      expect(created.stderr).toContain(text);
    }
    const again = await ask<Made>(['create', 'box']);
    expect(again).toMatchObject({
      isNew: false,
      workstation: { name: 'box', provider: 'docker', state: 'running' },
      tunnel: { state: 'open', host: '127.0.0.1', remotePort: 22 },
    });
    const ran = await checkout.run(['sh', '-c', `${again.ssh.command} 'echo $((6*7))'`]);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: '42\n' });
  });

  test('ssh runs a command in the mounted repo, and gives its words and status on', async () => {
    writeFileSync(join(root, 'note'), 'from here\n');
    const folder = `/root/${project}`;
    const words = [
      'sh',
      '-c',
      `cat ${folder}/note; echo "$1" > ${folder}/back; exit 7`,
      'sh',
      'a b',
    ];
    const ran = await call(['ssh', 'box', '--', ...words]);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 7, stdout: 'from here\n' });
    expect(readFileSync(join(root, 'back'), 'utf8')).toBe('a b\n');
  });

  test('the tunnel outlives the command line, is listed, and stopped by its name', async () => {
    const [open, ...others] = await tunnels();
    expect(others).toEqual([]);
    expect(open).toMatchObject({ name: 'box', state: 'open', provider: 'docker' });
    expect(await call(['tunnels', 'stop', 'box'])).toMatchObject({ exitCode: 0 });
    expect(await tunnels()).toEqual([]);
    expect(living()).toEqual([]);
    expect((await refusal(2, ['tunnels', 'stop', 'box'])).code).toBe('DS_TUNNEL_UNKNOWN');
  });

  test('twenty that connect at once have one tunnel', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, () => ask<Connection>(['connect', 'box'])),
    );
    expect(new Set(made.map(({ tunnel }) => `${tunnel.id} ${tunnel.port}`)).size).toBe(1);
    expect(await tunnels()).toHaveLength(1);
  }, 600_000);

  test('stop ends the tunnels, and what is at home is there after the next start', async () => {
    expect(await call(['ssh', 'box', '--', 'echo kept > ~/kept'])).toMatchObject({ exitCode: 0 });
    const stopped = await ask<{ workstation: Workstation }>(['stop', 'box']);
    expect(stopped.workstation.state).toBe('stopped');
    expect(await tunnels()).toEqual([]);
    const started = await ask<{ workstation: Workstation }>(['start', 'box']);
    expect(started.workstation).toMatchObject({ state: 'running' });
    await ask(['stop', 'box']);
    const ran = await call(['ssh', 'box', '--', 'cat ~/kept']);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: 'kept\n' });
  });

  test('up, down and reset of the project neither see nor touch them', async () => {
    const up = await checkout.task('up', ['--json']);
    expect(up.exitCode, up.stderr).toBe(0);
    expect(up.stderr).not.toContain('orphan');
    const before = await found();
    expect((await checkout.task('down', ['--remove-orphans'])).exitCode).toBe(0);
    expect((await checkout.task('reset', ['--yes'])).exitCode).toBe(0);
    expect(await found()).toEqual(before);
    const ran = await call(['ssh', 'box', '--', 'cat ~/kept']);
    expect(ran, ran.stderr).toMatchObject({ exitCode: 0, stdout: 'kept\n' });
  });

  test('two stand side by side', async () => {
    const other = await ask<Made>(['create', 'box-2']);
    expect(other).toMatchObject({ isNew: true });
    const { workstations } = await ask<{ workstations: readonly Workstation[] }>(['list']);
    expect(workstations.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'box running',
      'box-2 running',
    ]);
    expect((await tunnels()).map(({ name }) => name).toSorted()).toEqual(['box', 'box-2']);
    const ran = await call(['ssh', 'box-2', '--', 'ls ~/kept || hostname']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'box-2\n' });
  });

  test('delete asks, naming what is lost; unasked it does nothing', async () => {
    const asked = await call(['delete', 'box']);
    expect(asked.exitCode).toBe(2);
    expect(asked.stderr).toContain(`the home volume ${project}_workstation_box_home`);
    expect(asked.stderr).toContain('the tunnel from port');
    expect(await ask(['status', 'box'])).toMatchObject({ workstation: { state: 'running' } });
  });

  test('delete removes one with its home, tunnels and keys; the other stays', async () => {
    const { ssh } = await ask<Connection>(['connect', 'box']);
    const [, key = ''] = /IdentityFile "(.+)"/.exec(ssh.config) ?? [];
    expect(existsSync(key)).toBe(true);
    const deleted = await call(['delete', 'box', '--yes']);
    expect(deleted.exitCode, deleted.stderr).toBe(0);
    expect(existsSync(key)).toBe(false);
    expect(readFileSync(ssh.configFile, 'utf8')).not.toContain(`Host ${ssh.host}\n`);
    expect((await tunnels()).map(({ name }) => name)).toEqual(['box-2']);
    expect((await found()).filter((name) => !name.startsWith('box-2'))).toEqual([]);
    expect(await ask(['delete', 'box', '--yes'])).toMatchObject({ wasThere: false });
    await ask(['delete', 'box-2', '--yes']);
    expect(await found()).toEqual([]);
    expect(living()).toEqual([]);
  });

  test('a stranger’s container of that name is said, and left alone', async () => {
    const name = `${project}_workstation_box`;
    const stranger = await docker.createContainer({ name, Image: engine.images.tools });
    try {
      for (const words of [['create'], ['connect'], ['delete', '--yes']]) {
        const refused = await refusal(3, [...words.slice(0, 1), 'box', ...words.slice(1)]);
        expect(refused).toMatchObject({ code: 'DS_WORKSTATION_NAME_TAKEN' });
      }
      expect((await stranger.inspect()).State.Status).toBe('created');
    } finally {
      await stranger.remove({ force: true });
    }
  });

  test('Ctrl-C while it is waited for ends what was started, and says what is left', async () => {
    await ask(['create', 'box']);
    await ask(['tunnels', 'stop', 'box']);
    // It is never ready for work: nothing but the signal ends the wait.
    const ready = ['--set', 'plugins.workstations.ready.command=["false"]'];
    let isSent = false;
    const ran = await call(['connect', 'box', ...ready], {
      onError(text, kill) {
        if (isSent || !text.includes('not ready yet')) return;
        isSent = true;
        kill('SIGINT');
      },
    });
    expect(ran.exitCode, ran.stderr).toBe(130);
    expect(ran.stderr).toContain('devservices workstations status box');
    expect(living()).toEqual([]);
    expect(await tunnels()).toEqual([]);
    expect(await ask(['status', 'box'])).toMatchObject({ workstation: { state: 'running' } });
    await ask(['delete', 'box', '--yes']);
  });

  test('Ctrl-C while it is made leaves nothing of it', async () => {
    let isSent = false;
    const ran = await call(['create', 'cut'], {
      onError(text, kill) {
        if (isSent || !text.includes('mounted at')) return;
        isSent = true;
        kill('SIGINT');
      },
    });
    expect(ran.exitCode, ran.stderr).toBe(130);
    expect(await found()).toEqual([]);
  });
});
