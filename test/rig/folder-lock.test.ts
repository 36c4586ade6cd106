import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { withFolderLock } from './engine/folder-lock.ts';
import { identifyProcess } from './engine/process-identity.ts';

const root = await mkdtemp(join(tmpdir(), 'ds-lock-'));
afterAll(() => rm(root, { recursive: true }));

async function layDownLock(path: string, owner: object): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, 'owner.json'), JSON.stringify({ token: 'left-behind', ...owner }));
}

test('lets one in at a time, and each in the end', async () => {
  const path = join(root, 'crowd');
  let inside = 0;
  let most = 0;
  let entries = 0;
  const enter = (): Promise<void> =>
    withFolderLock(path, async () => {
      entries += 1;
      inside += 1;
      most = Math.max(most, inside);
      await readdir(root);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 12 }, enter));
  expect({ entries, most }).toEqual({ entries: 12, most: 1 });
});

test('is let go when the work throws', async () => {
  const path = join(root, 'throws');
  const failing = withFolderLock(path, () => Promise.reject(new Error('no luck')));
  await expect(failing).rejects.toThrow('no luck');
  expect(await withFolderLock(path, () => Promise.resolve('in'))).toBe('in');
});

test('of a process that died is taken over, by one of many', async () => {
  const path = join(root, 'dead');
  const owner = spawn('sleep', ['600']);
  await once(owner, 'spawn');
  const identity = identifyProcess(owner.pid ?? 0) ?? {};
  owner.kill('SIGKILL');
  await once(owner, 'exit');
  await layDownLock(path, identity);
  let inside = 0;
  const enter = (): Promise<void> =>
    withFolderLock(path, async () => {
      expect((inside += 1)).toBe(1);
      await readdir(root);
      inside -= 1;
    });
  await Promise.all([enter(), enter(), enter()]);
});

test('of a pid that a stranger has now is taken over', async () => {
  const path = join(root, 'stranger');
  await layDownLock(path, { ...identifyProcess(process.pid), startTicks: '1' });
  expect(await withFolderLock(path, () => Promise.resolve('in'))).toBe('in');
});

test('of the living is waited for, and says whose it is', async () => {
  const path = join(root, 'living');
  const order: string[] = [];
  const holder = withFolderLock(path, async () => {
    await withWaiter();
    order.push('first leaves');
  });
  let second: Promise<unknown> = Promise.resolve();
  function withWaiter(): Promise<void> {
    return new Promise((resolve) => {
      const onWait = ({ pid }: { pid: number }): void => {
        expect(pid).toBe(process.pid);
        resolve();
      };
      second = withFolderLock(path, async () => order.push('second enters'), onWait);
    });
  }
  await holder;
  await second;
  expect(order).toEqual(['first leaves', 'second enters']);
});
