import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { type Clock, systemClock } from '../../../core/clock.ts';
import { acquireLock } from '../../../core/identity/lock.ts';
import { readLockHolder } from '../../../core/identity/lock-folder.ts';
import type { Registry } from '../../../core/identity/registry.ts';
import { openJournal } from '../../../core/journal.ts';
import { createMachine } from '../../rig/state/machine.ts';
import { startWorker, type Worker } from '../../rig/state/start-worker.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const workerCount = 3;
let workers: readonly Worker[];

beforeAll(async () => {
  workers = await Promise.all(Array.from({ length: workerCount }, startWorker));
});

afterAll(() => Promise.all(workers.map((worker) => worker.kill())));

describe('processes at the same time', () => {
  it('lose no checkout, share no name and no port', async () => {
    const machine = createMachine();
    const stateHome = machine.env.XDG_STATE_HOME;
    const common = machine.folder('common');
    const opened = await Promise.all(
      workers.map((worker, index) => {
        const own = [1, 2, 3, 4, 5].map((n) => machine.folder(`${index}-${n}`));
        return worker.ask('open', { roots: [common, ...own], stateHome });
      }),
    );
    const [first, ...others] = opened.map(([one]) => one);
    expect(new Set([first, ...others].map((one) => one?.id)).size).toBe(1);
    expect([first, ...others].filter((one) => one?.isNew)).toHaveLength(1);
    const distinct = new Map(opened.flat().map((one) => [one.id, one]));
    expect(distinct.size).toBe(1 + 5 * workerCount);
    for (const field of ['project', 'port'] as const) {
      expect(new Set([...distinct.values()].map((one) => one[field])).size).toBe(distinct.size);
    }
    const text = readFileSync(join(machine.stateHome, 'registry.json'), 'utf8');
    const { checkouts } = JSON.parse(text) as Registry;
    expect(Object.keys(checkouts).toSorted()).toEqual([...distinct.keys()].toSorted());
  });

  it('are inside a lock one after another, also when each takes over from a dead one', async () => {
    const path = join(createTempFolder(), 'lock');
    const collisions = await Promise.all(
      workers.map((worker) => worker.ask('takeTurns', { path, times: 30 })),
    );
    expect(collisions).toEqual(workers.map(() => 0));
  });

  it('append whole lines to one journal and know where each stands', async () => {
    const path = join(createTempFolder(), 'events.ndjson');
    const texts = workers.map((_, index) =>
      Array.from({ length: 150 }, (__, n) => `${index}-${n}-${'x'.repeat((n * 37) % 900)}`),
    );
    const ids = await Promise.all(
      workers.map((worker, index) => worker.ask('append', { path, texts: texts[index] ?? [] })),
    );
    const found = new Map<number, string>();
    for await (const { id, event } of openJournal(path).read()) {
      if ('text' in event) found.set(id, event.text);
    }
    expect(found.size).toBe(150 * workerCount);
    expect(ids.map((own) => own.map((id) => found.get(id)))).toEqual(texts);
  });

  it('get one key', async () => {
    const stateFolder = createTempFolder();
    const keys = await Promise.all(workers.map((worker) => worker.ask('loadKey', { stateFolder })));
    expect(new Set(keys).size).toBe(1);
  });
});

describe('a lock between processes', () => {
  it('is given on when it is released', async () => {
    const path = join(createTempFolder(), 'lock');
    const [holder] = workers as [Worker];
    await holder.ask('hold', { path });
    let release: Promise<void> | undefined;
    const lock = await acquireLock({
      path,
      task: 'down',
      clock: systemClock,
      onWait({ pid, task }) {
        expect({ pid, task }).toEqual({ pid: holder.pid, task: 'up' });
        release = holder.ask('release', {});
      },
    });
    await release;
    expect(readLockHolder(path)).toMatchObject({ pid: process.pid, task: 'down' });
    lock.release();
  });

  it('is taken over from a holder that was killed', async () => {
    const path = join(createTempFolder(), 'lock');
    const [, holder] = workers as [Worker, Worker];
    await holder.ask('hold', { path });
    // Its time passes when the holder is gone: nothing else tells of that.
    const clock: Clock = { ...systemClock, sleep: () => holder.kill() };
    const lock = await acquireLock({ path, task: 'down', clock });
    expect(readLockHolder(path)?.pid).toBe(process.pid);
    lock.release();
  });
});
