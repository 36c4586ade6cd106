import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { type Clock, systemClock } from '../../../core/clock.ts';
import { acquireLock } from '../../../core/identity/lock.ts';
import {
  attemptLock,
  type LockHolder,
  readLockHolder,
} from '../../../core/identity/lock-folder.ts';
import { identifyProcess } from '../../../core/identity/process-identity.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const parent = identifyProcess(process.ppid);

/** Another living process: the one that started this test. */
function other(change: Partial<LockHolder> = {}): LockHolder {
  if (!parent) throw new Error('the parent process is gone');
  return { ...parent, task: 'up', since: 5, ...change };
}

/** Writes a lock as a holder leaves it that does not release. */
function leaveLock(path: string, holder: LockHolder | string): void {
  mkdirSync(path);
  const text = typeof holder === 'string' ? holder : JSON.stringify(holder);
  writeFileSync(join(path, '0123.json'), text);
}

/** A clock on which no time passes: only events end a wait. */
const stoppedClock: Clock = {
  ...systemClock,
  sleep: (_, signal) =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason)),
    ),
};

function deferred<T>() {
  let resolve = (_value: T): void => {};
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}

const request = (path: string, more: object = {}) => ({
  path,
  task: 'up',
  clock: stoppedClock,
  ...more,
});

describe('acquireLock', () => {
  it('takes a free lock, says by whom it is held, and leaves nothing behind', async () => {
    const folder = createTempFolder();
    const path = join(folder, 'lock');
    const lock = await acquireLock(request(path));
    expect(readLockHolder(path)).toMatchObject({ pid: process.pid, task: 'up' });
    expect(readdirSync(folder)).toEqual(['lock']);
    lock.release();
    lock.release();
    expect(readLockHolder(path)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('waits for the holder, saying once for whom, and wakes when it lets go', async () => {
    const path = join(createTempFolder(), 'lock');
    const held = attemptLock(path, other());
    const waits: LockHolder[] = [];
    let tellWaiting = () => {};
    const waiting = new Promise<void>((resolve) => (tellWaiting = resolve));
    const onWait = (holder: LockHolder) => {
      waits.push(holder);
      tellWaiting();
    };
    const acquired = acquireLock(request(path, { onWait }));
    await waiting;
    if (!('release' in held)) throw new Error('the lock was not free');
    held.release();
    (await acquired).release();
    expect(waits).toEqual([other()]);
  });

  it.each([
    ['whose process is dead', { pid: 2 ** 22 + 1 }],
    ['whose pid is another process now', { startTicks: '1' }],
    ['of an earlier boot', { bootId: 'another' }],
  ])('takes over the lock of a holder %s', async (_, change) => {
    const path = join(createTempFolder(), 'lock');
    leaveLock(path, other(change));
    expect(readLockHolder(path)).toBeUndefined();
    (await acquireLock(request(path))).release();
  });

  it.each(['', '{"pid":', '[]'])('takes over a lock that holds only "%s"', async (text) => {
    const path = join(createTempFolder(), 'lock');
    leaveLock(path, text);
    const lock = await acquireLock(request(path));
    expect(readLockHolder(path)?.pid).toBe(process.pid);
    lock.release();
  });

  it('takes over an empty lock', async () => {
    const path = join(createTempFolder(), 'lock');
    mkdirSync(path);
    const lock = await acquireLock(request(path));
    expect(readLockHolder(path)?.pid).toBe(process.pid);
    lock.release();
  });

  it('looks again after a while, for a holder that was killed', async () => {
    const path = join(createTempFolder(), 'lock');
    leaveLock(path, other());
    let looks = 0;
    const sleep = async () => {
      looks++;
      writeFileSync(join(path, '0123.json'), JSON.stringify(other({ startTicks: '1' })));
    };
    (await acquireLock(request(path, { clock: { ...systemClock, sleep } }))).release();
    expect(looks).toBe(1);
  });

  it('ends its wait when aborted', async () => {
    const path = join(createTempFolder(), 'lock');
    leaveLock(path, other());
    const abort = new AbortController();
    const reason = new Error('Ctrl-C');
    const onWait = () => abort.abort(reason);
    const acquired = acquireLock(request(path, { signal: abort.signal, onWait }));
    await expect(acquired).rejects.toBe(reason);
    expect(readLockHolder(path)).toEqual(other());
  });

  it('lets those of one process wait for one another', async () => {
    const path = join(createTempFolder(), 'lock');
    const first = await acquireLock(request(path));
    const order: string[] = [];
    const { promise: waiting, resolve: onWait } = deferred<LockHolder>();
    const second = acquireLock(request(path, { task: 'down', onWait })).then((lock) => {
      order.push('taken');
      return lock;
    });
    expect(await waiting).toMatchObject({ pid: process.pid, task: 'up' });
    order.push('released');
    first.release();
    const lock = await second;
    expect(order).toEqual(['released', 'taken']);
    expect(readLockHolder(path)).toMatchObject({ pid: process.pid, task: 'down' });
    // Releasing once more takes nothing from who has it now.
    first.release();
    expect(readLockHolder(path)).toMatchObject({ task: 'down' });
    lock.release();
    expect(readLockHolder(path)).toBeUndefined();
  });

  it('says why it cannot lock', async () => {
    const path = join(createTempFolder(), 'missing', 'lock');
    await expect(acquireLock(request(path))).rejects.toMatchObject({
      code: 'DS_STATE_UNWRITABLE',
      blame: 'environment',
    });
  });
});

describe('attemptLock', () => {
  it('does not release what a later holder took', () => {
    const path = join(createTempFolder(), 'lock');
    const early = attemptLock(path, other({ startTicks: '1' }));
    const late = attemptLock(path, other());
    if (!('release' in early && 'release' in late)) throw new Error('the lock was not free');
    early.release();
    expect(attemptLock(path, other({ task: 'down' }))).toEqual({ holder: other() });
  });
});
