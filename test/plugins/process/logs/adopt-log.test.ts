import { appendFileSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { indexPath, listParts } from '../../../../plugins/process/logs/log-files.ts';
import { createLogRig, cutShort } from './log-rig.ts';

const first = 'first 1\nfirst 2\n';
const second = 'second 1\nsecond 2\nsec';

/** A log with one part and a live file, whose owner is gone. */
async function leave(log: ReturnType<typeof createLogRig>): Promise<void> {
  const store = log.open();
  log.write(first);
  await log.rotate(store);
  await log.clock.advance(50);
  log.write(second);
  store.sawGrowth();
  store.close();
}

test('a log that somebody else looked after goes on where it was', async () => {
  using log = createLogRig();
  await leave(log);
  const before = await log.read();
  await log.clock.advance(1000);
  log.write('ond 3\nunwatched\n');
  const store = log.open();
  expect(store.offset()).toBe(first.length + second.length + 16);
  const lines = await log.read();
  expect(lines.map(({ text }) => text).join('\n')).toBe(`${first}${second}ond 3\nunwatched`);
  expect(lines.slice(0, 4)).toEqual(before.slice(0, 4));
  // What was written meanwhile is seen now; the line that was begun keeps its time.
  expect(lines.at(-1)?.at).toBe(new Date(log.clock.now()).toISOString());
  expect(lines.at(-2)?.at).toBe(before.at(-1)?.at);
});

test.each(['prepared', 'named', 'emptied'] as const)(
  'a rotation cut short after it was %s loses and doubles nothing, before and after somebody adopts it',
  async (step) => {
    using log = createLogRig();
    await leave(log);
    cutShort(log.path, step, first.length);
    const whole = `${first}${second}`;
    expect((await log.texts()).join('\n')).toBe(whole);

    const store = log.open();
    expect((await log.texts()).join('\n')).toBe(whole);
    expect(store.offset()).toBe(whole.length);
    expect(log.bytes().toString()).toBe(whole);
    await log.rotate(store);
    log.write('ond 3\n');
    store.sawGrowth();
    expect((await log.texts()).join('\n')).toBe(`${whole}ond 3`);
    expect(store.offset()).toBe(whole.length + 6);
    expect(log.said).toEqual([]);
  },
);

test.each(['named', 'emptied'] as const)(
  'processes that ran on, after one was %s, lose nothing of what they wrote',
  async (step) => {
    using log = createLogRig();
    await leave(log);
    cutShort(log.path, step, first.length);
    const later = `${'x'.repeat(second.length * 2)}\nlast\n`;
    log.write(later);
    const store = log.open();
    expect((await log.texts()).join('\n')).toBe(`${first}${second}${later}`.trimEnd());
    expect(store.offset()).toBe(first.length + second.length + later.length);
  },
);

test('with no index, or a damaged one, the parts say where the live file begins', async () => {
  using log = createLogRig();
  await leave(log);
  for (const damage of [
    () => unlinkSync(indexPath(log.path)),
    () => writeFileSync(indexPath(log.path), 'log 1 what is this\n7 8\n'),
  ]) {
    damage();
    expect((await log.texts()).join('\n')).toBe(`${first}${second}`);
    const store = log.open();
    expect(store.offset()).toBe(first.length + second.length);
    store.close();
    expect((await log.texts()).join('\n')).toBe(`${first}${second}`);
  }
});

test('a mark that was not written whole is none', async () => {
  using log = createLogRig();
  await leave(log);
  const before = await log.read();
  appendFileSync(indexPath(log.path), '9999');
  expect(await log.read()).toEqual(before);
  log.open();
  expect(await log.read()).toEqual(before);
});

test('where the live file is gone a new log begins', async () => {
  using log = createLogRig();
  await leave(log);
  rmSync(log.path);
  const store = log.open();
  expect(store.offset()).toBe(0);
  expect(listParts(log.path)).toEqual([]);
  log.write('new\n');
  expect(await log.texts()).toEqual(['new']);
});

test('offsets never go back where it was emptied while nobody looked', async () => {
  using log = createLogRig();
  await leave(log);
  truncateSync(log.path, 0);
  log.write('new\n');
  const store = log.open();
  expect(store.offset()).toBe(first.length + second.length + 4);
  expect((await log.texts()).at(-1)).toBe('new');
});
