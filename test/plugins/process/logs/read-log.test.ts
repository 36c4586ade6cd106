import { appendFileSync, rmSync, symlinkSync } from 'node:fs';
import { systemClock } from 'devservices/machine';
import { describe, expect, test } from 'vitest';
import { indexPath, removeLog } from '../../../../plugins/process/logs/log-files.ts';
import { createLogRig } from './log-rig.ts';

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}`);
const written = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('a log that is read', () => {
  test('that is not there has no lines', async () => {
    using log = createLogRig();
    expect(await log.read()).toEqual([]);
    expect(await log.read({ tail: 5 })).toEqual([]);
  });

  test('gives last lines over all parts, however long they are', async () => {
    using log = createLogRig();
    const store = log.open();
    const lines = [...numbered(0, 5000), 'x'.repeat(200_000), ...numbered(5001, 9000)];
    for (let from = 0; from < lines.length; from += 3100) {
      log.write(written(lines.slice(from, from + 3100)));
      await log.rotate(store);
    }
    log.write('no end');
    store.sawGrowth();
    await log.clock.advance(20);
    const all = [...lines, 'no end'];
    expect(await log.texts()).toEqual(all);
    for (const tail of [1, 2, 800, 3900, 4001, 4002, 9000, 9001, 99_999]) {
      expect(await log.texts({ tail })).toEqual(all.slice(-tail));
    }
    expect(await log.texts({ tail: 0 })).toEqual([]);
  });

  test('that has no newline, or nothing but newlines', async () => {
    using log = createLogRig();
    log.write('prompt> ');
    expect(await log.texts({ tail: 3 })).toEqual(['prompt> ']);
    log.write('\n\n\n');
    expect(await log.texts({ tail: 2 })).toEqual(['', '']);
    expect(await log.texts()).toEqual(['prompt> ', '', '']);
  });

  test('has the times at which its lines were seen to begin, and begins where it is asked to', async () => {
    using log = createLogRig();
    const store = log.open();
    const begin = log.clock.now();
    const at = (ms: number) => new Date(begin + ms).toISOString();
    for (const text of ['a\nb\n', 'c\nd', 'ddd\n', 'e\n']) {
      log.write(text);
      store.sawGrowth();
      await log.clock.advance(100);
    }
    expect((await log.read()).map((line) => [line.text, line.at])).toEqual([
      ['a', at(0)],
      ['b', at(0)],
      ['c', at(100)],
      ['dddd', at(100)],
      ['e', at(300)],
    ]);
    const since = (ms: number, tail?: number) =>
      log.texts({ sinceMs: begin + ms, ...(tail === undefined ? {} : { tail }) });
    expect(await since(-5)).toEqual(['a', 'b', 'c', 'dddd', 'e']);
    expect(await since(1)).toEqual(['c', 'dddd', 'e']);
    expect(await since(100)).toEqual(['c', 'dddd', 'e']);
    expect(await since(101)).toEqual(['e']);
    expect(await since(301)).toEqual([]);
    expect(await since(0, 2)).toEqual(['dddd', 'e']);
    expect(await since(101, 3)).toEqual(['e']);
    expect(await log.texts({ fromOffset: 6 })).toEqual(['dddd', 'e']);
    await log.rotate(store);
    expect(await since(101)).toEqual(['e']);
  });

  test('has no times where nobody kept them', async () => {
    using log = createLogRig();
    log.write('a\nb\n');
    expect(
      await log.read({ clock: { ...systemClock, monotonic: () => 1e9 * performance.now() } }),
    ).toEqual([
      { service: 'api', stream: 'stdout', text: 'a' },
      { service: 'api', stream: 'stdout', text: 'b' },
    ]);
  });

  test('keeps colours, makes U+FFFD of what is no UTF-8, takes one CR at the end', async () => {
    using log = createLogRig();
    const bytes = Buffer.concat([
      Buffer.from('\u001b[31mred\u001b[0m\r\n'),
      Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]),
      Buffer.from('1%\r2%\r\r\n'),
      Buffer.from([0xe2, 0x82]),
    ]);
    log.write(bytes);
    expect(await log.texts()).toEqual([
      '\u001b[31mred\u001b[0m',
      'a\ufffd\ufffdb',
      '1%\r2%\r',
      '\ufffd',
    ]);
    expect(log.bytes()).toEqual(bytes);
  });

  test('that cannot be read is an error that names it', async () => {
    using log = createLogRig();
    log.open();
    rmSync(log.path);
    symlinkSync(log.path, log.path);
    await expect(log.read()).rejects.toMatchObject({ code: 'DS_PROCESS_LOG_UNREADABLE' });
  });
});

describe('a log that is followed', () => {
  test('gives what was there, then every line when it is whole, over rotations', async () => {
    using log = createLogRig();
    const store = log.open({ clock: systemClock });
    const write = (text: string) => {
      log.write(text);
      store.sawGrowth();
    };
    write('old\nopen');
    const followed = log.follow();
    expect(await followed.until(1)).toEqual(['old']);
    write(' line\n');
    expect(await followed.until(2)).toEqual(['old', 'open line']);
    await log.rotate(store);
    write('new\nhalf ');
    await followed.until(3);
    await log.rotate(store);
    write('whole\n');
    expect(await followed.until(4)).toEqual(['old', 'open line', 'new', 'half whole']);
    expect(followed.lines.every(({ at }) => at !== undefined)).toBe(true);
    expect(await followed.end()).toHaveLength(4);
  });

  test('is followed also before it is there, and goes on with the next one after it was removed', async () => {
    using log = createLogRig();
    const followed = log.follow();
    let store = log.open({ clock: systemClock });
    log.write('one\nlast words');
    store.sawGrowth();
    await followed.until(1);
    store.close();
    removeLog(log.path);
    expect(await followed.until(2)).toEqual(['one', 'last words']);
    store = log.open({ clock: systemClock });
    log.write('new\n');
    store.sawGrowth();
    expect(await followed.until(3)).toEqual(['one', 'last words', 'new']);
    await followed.end();
  });

  test('goes on where the new one was made before anybody looked', async () => {
    using log = createLogRig();
    let store = log.open({ clock: systemClock });
    log.write('one\n');
    store.sawGrowth();
    const followed = log.follow();
    await followed.until(1);
    log.write('two\n');
    store.close();
    removeLog(log.path);
    store = log.open({ clock: systemClock });
    log.write('one again, and longer\n');
    store.sawGrowth();
    expect(await followed.until(3)).toEqual(['one', 'two', 'one again, and longer']);
    await followed.end();
  });

  test('ends after its end when everything is read, with the line that did not end', async () => {
    using log = createLogRig();
    const store = log.open({ clock: systemClock });
    log.write('a\n');
    store.sawGrowth();
    let end = () => {};
    const ended = new Promise<void>((resolve) => (end = resolve));
    const followed = log.follow({ ended });
    await followed.until(1);
    log.write(`${written(numbered(0, 20_000))}last`);
    store.sawGrowth();
    end();
    await followed.done;
    expect(followed.lines.map(({ text }) => text)).toEqual(['a', ...numbered(0, 20_000), 'last']);
  });

  test('that is not there when it ends has no lines', async () => {
    using log = createLogRig();
    const followed = log.follow({ ended: Promise.resolve() });
    await followed.done;
    expect(followed.lines).toEqual([]);
  });

  test('from its end gives what comes then, whole', async () => {
    using log = createLogRig();
    const store = log.open({ clock: systemClock });
    log.write('old\nbegun');
    store.sawGrowth();
    const followed = log.follow({ tail: 0 });
    const sooner = log.follow({ tail: 1, sinceMs: 0 });
    const future = log.follow({ sinceMs: Date.now() + 1e6 });
    appendFileSync(log.path, ' and ended\n');
    store.sawGrowth();
    expect(await followed.until(1)).toEqual(['begun and ended']);
    expect(await sooner.until(1)).toEqual(['begun and ended']);
    expect(await future.until(1)).toEqual(['begun and ended']);
    for (const one of [followed, sooner, future]) expect(await one.end()).toHaveLength(1);
  });

  test('needs nobody who looks after it: lines come without times', async () => {
    using log = createLogRig();
    const store = log.open({ clock: systemClock });
    log.write('seen\n');
    store.sawGrowth();
    store.close();
    const followed = log.follow();
    log.write('unseen\n');
    await followed.until(2);
    log.write('more\n');
    expect(await followed.until(3)).toEqual(['seen', 'unseen', 'more']);
    expect(followed.lines.map(({ at }) => at !== undefined)).toEqual([true, false, false]);
    rmSync(indexPath(log.path));
    log.write('without an index\n');
    expect((await followed.until(4)).at(-1)).toBe('without an index');
    await followed.end();
  });

  test('ends at its signal, also when nothing comes', async () => {
    using log = createLogRig();
    expect(await log.follow().end()).toEqual([]);
    log.open();
    const followed = log.follow();
    await new Promise(setImmediate);
    expect(await followed.end()).toEqual([]);
  });
});
