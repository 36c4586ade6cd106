import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { indexPath, listParts } from '../../../../plugins/process/logs/log-files.ts';
import { createLogRig } from './log-rig.ts';

const mebibyte = 1024 * 1024;
const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!mayMount)('as root, who may mount: a log on a disk that is full', () => {
  const disk = join(tmpdir(), `ds-log-disk-${process.pid}`);
  const ballast = join(disk, 'ballast');
  beforeAll(() => {
    mkdirSync(disk, { mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${4 * mebibyte},mode=700`, 'tmpfs', disk]);
  });
  afterAll(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true, force: true });
  });
  /** Takes all that is free, but for so many bytes. */
  const fill = (leaving: number): void => {
    rmSync(ballast, { force: true });
    const df = execFileSync('df', ['--output=avail', '-B1', disk], { encoding: 'utf8' });
    writeFileSync(ballast, Buffer.alloc(Number(df.split('\n')[1]) - leaving));
  };

  test('is not rotated, loses nothing, is said once, and is rotated when there is room', async () => {
    using log = createLogRig(disk);
    const store = log.open({ partBytes: mebibyte });
    const lines = Array.from({ length: 20_000 }, (_, index) => `line ${index} ${'x'.repeat(60)}`);
    log.write(`${lines.join('\n')}\n`);
    fill(256 * 1024);
    expect(store.sawGrowth()).toBe(true);
    expect(await log.rotate(store)).toBe(false);
    expect(await log.texts()).toEqual(lines);
    expect(listParts(log.path)).toEqual([]);
    await log.clock.advance(30_000);
    log.write('more\n');
    expect(store.sawGrowth()).toBe(true);
    expect(await log.rotate(store)).toBe(false);
    expect(log.said).toEqual(['DS_PROCESS_LOG_NOT_ROTATED']);

    rmSync(ballast);
    await log.clock.advance(30_000);
    expect(store.sawGrowth()).toBe(true);
    expect(await log.rotate(store)).toBe(true);
    expect(statSync(log.path).size).toBe(0);
    expect(await log.texts()).toEqual([...lines, 'more']);
    expect(store.offset()).toBe(Buffer.byteLength([...lines, 'more', ''].join('\n')));
  });

  test('keeps no times, says so once, and keeps them again when there is room', async () => {
    using log = createLogRig(disk);
    const store = log.open();
    fill(64 * 1024);
    const output = openSync(log.path, 'a');
    const child = spawn('sh', ['-c', 'while echo 0123456789; do :; done'], {
      stdio: ['ignore', output, 'ignore'],
    });
    closeSync(output);
    await new Promise((resolve) => child.once('exit', resolve));
    store.sawGrowth();
    const written = log.bytes();
    expect(written.length).toBeGreaterThan(1000);
    store.close();
    // Taken over by somebody else, who writes the index anew.
    const again = log.open();
    expect(again.offset()).toBe(written.length);
    await log.clock.advance(20);
    again.sawGrowth();
    expect(log.said).toEqual(['DS_PROCESS_LOG_TIMES_LOST']);
    expect(again.offset()).toBe(written.length);
    expect(log.bytes()).toEqual(written);

    rmSync(ballast);
    log.write('\nthere is room\n');
    again.sawGrowth();
    await log.clock.advance(20);
    again.sawGrowth();
    expect(statSync(indexPath(log.path)).mode & 0o777).toBe(0o600);
    const last = (await log.read({ tail: 1 })).at(-1);
    expect(last?.text).toBe('there is room');
    expect(last?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(log.said).toHaveLength(1);
  });
});
