import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { findMissingPaths } from '../../../../plugins/docker/elsewhere/find-missing-paths.ts';
import type { SshAddress } from '../../../../plugins/docker/engine/engine-address.ts';
import { startSshServer } from '../../../rig/ssh-server.ts';

describe('paths on the machine that ssh leads to', async () => {
  const server = await startSshServer();
  afterAll(() => server.close());
  const env = { PATH: server.path };
  const box: SshAddress = { kind: 'ssh', host: 'box', url: 'ssh://box' };
  const { signal } = new AbortController();

  function createFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'ds-paths-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }

  test('are asked for by one ssh, whatever they are called', async () => {
    const folder = createFolder();
    const there = ["it's", 'a b', '$(touch hacked)', '`id`', '\\n', '-e', '  spaces  ', 'é"'];
    for (const name of there) writeFileSync(join(folder, name), '');
    mkdirSync(join(folder, 'sub'));
    const missing = ['no', 'sub/deep/er', "no'such; touch hacked", '$(touch hacked2)', 'a  b'];
    const asked = ['/', folder, ...[...there, 'sub', ...missing].map((name) => join(folder, name))];
    const found = await findMissingPaths(box, [...asked, ...asked], { env, signal });
    expect([...found]).toEqual(missing.map((name) => join(folder, name)));
    expect(existsSync(join(folder, 'hacked'))).toBe(false);
    expect(server.clients()).toEqual([]);
  });

  test('are not asked for where there are none that fit a line', async () => {
    const nowhere = { ...box, host: 'no.such.machine.test' };
    expect(await findMissingPaths(nowhere, ['/a\nb'], { env, signal })).toEqual(new Set());
  });

  test('that nobody answers for are told in the words of ssh', async () => {
    server.setKnown(false);
    onTestFinished(() => server.setKnown(true));
    await expect(findMissingPaths(box, ['/a'], { env, signal })).rejects.toThrow(
      'Host key verification failed',
    );
  });

  test('are given up on an interrupt, and nothing is left', async () => {
    const interrupt = new AbortController();
    const asking = findMissingPaths(box, ['/a'], { env, signal: interrupt.signal });
    interrupt.abort(new Error('Ctrl-C'));
    await expect(asking).rejects.toThrow('Ctrl-C');
    await expect.poll(() => server.clients(), { timeout: 10_000 }).toEqual([]);
  });
});
