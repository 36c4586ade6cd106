import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseIndex } from '../../../../plugins/process/logs/log-index.ts';
import { indexPath, listParts, removeLog } from '../../../../plugins/process/logs/log-files.ts';
import { createLogRig } from './log-rig.ts';

const indexOf = (path: string) => parseIndex(readFileSync(indexPath(path), 'utf8'));

describe('a log while it grows', () => {
  test('is made for this user only', () => {
    using log = createLogRig();
    log.open();
    for (const file of [log.path, indexPath(log.path)]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  test('is marked at once, then every 20 ms at most', async () => {
    using log = createLogRig();
    const store = log.open();
    log.write('a\n');
    store.sawGrowth();
    for (let ms = 0; ms < 10; ms += 1) {
      log.write('b\n');
      store.sawGrowth();
      await log.clock.advance(1);
    }
    const begin = log.clock.now() - 10;
    expect(indexOf(log.path)?.marks).toEqual([{ offset: 2, at: begin }]);
    await log.clock.advance(10);
    expect(indexOf(log.path)?.marks).toEqual([
      { offset: 2, at: begin },
      { offset: 22, at: begin + 20 },
    ]);
  });

  test('has no marks where nothing came', async () => {
    using log = createLogRig();
    const store = log.open();
    store.sawGrowth();
    await log.clock.advance(100);
    store.sawGrowth();
    expect(indexOf(log.path)).toMatchObject({ base: 0, marks: [] });
  });

  test('has times that never go back, whatever the clock does', async () => {
    using log = createLogRig();
    let now = 1000;
    const store = log.open({ clock: { ...log.clock, now: () => now } });
    for (const next of [1000, 900, 1100]) {
      now = next;
      log.write('x\n');
      store.sawGrowth();
      await log.clock.advance(20);
    }
    expect(indexOf(log.path)?.marks.map(({ at }) => at)).toEqual([1000, 1000, 1100]);
  });

  test('keeps a bounded number of marks, and the newest of them', async () => {
    using log = createLogRig();
    const store = log.open();
    for (let count = 0; count < 20_000; count += 1) {
      log.write('x');
      store.sawGrowth();
      await log.clock.advance(20);
    }
    const marks = indexOf(log.path)?.marks ?? [];
    expect(marks.length).toBeLessThanOrEqual(16_384);
    expect(marks.length).toBeGreaterThan(8000);
    expect(marks.slice(-5000).map(({ offset }) => offset)).toEqual(
      Array.from({ length: 5000 }, (_, index) => 15_001 + index),
    );
  }, 60_000);

  test('counts on where it is emptied by hand', () => {
    using log = createLogRig();
    const store = log.open();
    log.write('0123456789');
    store.sawGrowth();
    truncateSync(log.path, 0);
    store.sawGrowth();
    log.write('abc');
    expect(store.offset()).toBe(13);
    store.close();
    expect(log.open().offset()).toBe(13);
  });
});

describe('rotation', () => {
  test('is asked for by size, moves all that is there, and offsets go on', async () => {
    using log = createLogRig();
    const store = log.open({ partBytes: 10 });
    log.write('12345678\n');
    expect(store.sawGrowth()).toBe(false);
    log.write('\n');
    expect(store.sawGrowth()).toBe(true);
    expect(await log.rotate(store)).toBe(true);
    expect(store.sawGrowth()).toBe(false);
    expect(listParts(log.path).map(({ start, end }) => [start, end])).toEqual([[0, 10]]);
    expect(statSync(log.path).size).toBe(0);
    log.write('more');
    expect(store.offset()).toBe(14);
    expect(indexOf(log.path)?.base).toBe(10);
  });

  test('happens between pause and resume, one at a time; resume comes whatever happens', async () => {
    using log = createLogRig();
    const store = log.open({ partBytes: 4 });
    const order: string[] = [];
    log.write('text');
    const first = store.rotate(
      async () => {
        order.push('pause');
        // Somebody was in the middle of a write.
        await Promise.resolve();
        log.write('late');
      },
      () => {
        order.push(`resume ${statSync(log.path).size}`);
      },
    );
    expect(store.sawGrowth()).toBe(false);
    expect(
      await store.rotate(
        () => void order.push('second'),
        () => {},
      ),
    ).toBe(false);
    expect(await first).toBe(true);
    expect(order).toEqual(['pause', 'resume 0']);
    expect(log.bytes().toString()).toBe('textlate');

    const refused = store.rotate(
      () => Promise.reject(new Error('it does not stop')),
      () => void order.push('resumed'),
    );
    await expect(refused).rejects.toThrow('it does not stop');
    expect(order.at(-1)).toBe('resumed');
  });

  test('keeps three parts, and the marks of what is kept', async () => {
    using log = createLogRig();
    const store = log.open();
    for (let part = 0; part < 6; part += 1) {
      log.write(`part ${part}\n`);
      store.sawGrowth();
      await log.rotate(store);
      await log.clock.advance(20);
    }
    expect(listParts(log.path).map(({ start }) => start)).toEqual([21, 28, 35]);
    expect(indexOf(log.path)?.marks.map(({ offset }) => offset)).toEqual([28, 35, 42]);
    expect(await log.texts()).toEqual(['part 3', 'part 4', 'part 5']);
  });

  test('of an empty log does nothing', async () => {
    using log = createLogRig();
    expect(await log.rotate(log.open())).toBe(false);
    expect(listParts(log.path)).toEqual([]);
  });

  test('that the disk refuses leaves the log, is said once, and is tried again later', async () => {
    using log = createLogRig();
    const store = log.open({ partBytes: 4 });
    log.write('text\n');
    // In the way of what is prepared.
    mkdirSync(`${log.path}.0.tmp`);
    expect(await log.rotate(store)).toBe(false);
    expect(await log.rotate(store)).toBe(false);
    expect(log.said).toEqual(['DS_PROCESS_LOG_NOT_ROTATED']);
    expect(await log.texts()).toEqual(['text']);
    expect(store.sawGrowth()).toBe(false);
    rmSync(`${log.path}.0.tmp`, { recursive: true });
    await log.clock.advance(30_000);
    expect(store.sawGrowth()).toBe(true);
    expect(await log.rotate(store)).toBe(true);
    expect(await log.texts()).toEqual(['text']);
    expect(log.said).toHaveLength(1);
  });
});

test('removing a log leaves nothing of it, and nothing else gone', async () => {
  using log = createLogRig();
  using other = createLogRig();
  const store = log.open();
  other.open();
  log.write('a\n');
  await log.rotate(store);
  log.write('b\n');
  store.close();
  const beside = `${log.path.slice(0, -4)}.json`;
  mkdirSync(beside);
  removeLog(log.path);
  expect([log.path, indexPath(log.path), `${log.path}.0`].some((path) => existsSync(path))).toBe(
    false,
  );
  expect(existsSync(beside)).toBe(true);
  expect(existsSync(other.path)).toBe(true);
  removeLog(log.path);
});
