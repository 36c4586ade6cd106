import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { countsOf, follow, sawStarts } from '../rig/followed-logs.ts';
import { createProcessCheckout, idle, killNow, shell } from '../rig/process-checkout.ts';

const mebibyte = 1024 * 1024;

/** Counts from 1 at each start, which it names. */
const counter = (more: object = {}) =>
  shell(
    'start=$(date +%s%N); i=0; while :; do i=$((i+1)); echo "$start $i"; sleep 0.05; done',
    more,
  );

/** So many lines of 100 bytes, as fast as they are taken. */
const flood = (lines: number) => ({
  kind: 'process',
  command: [
    process.execPath,
    '-e',
    `const { writeSync } = require('node:fs');
    for (let line = 0; line < ${lines}; line += 500) {
      let block = '';
      for (let at = line; at < line + 500; at++) block += String(at).padStart(99, '.') + '\\n';
      writeSync(1, block);
    }`,
  ],
});

describe('logs of processes', () => {
  const checkout = createProcessCheckout();
  afterEach(() => checkout.task('down'));
  afterAll(() => checkout[Symbol.asyncDispose]());
  const linesOf = (text: string) => text.split('\n').slice(0, -1);

  test('a line of 1 MB is whole, and bytes that are no UTF-8 stay as they are in the file', async () => {
    const script = `const { writeSync } = require('node:fs');
      let long = Buffer.from('a'.repeat(${mebibyte}) + 'z\\n');
      while (long.length > 0) long = long.subarray(writeSync(1, long));
      writeSync(2, Buffer.from([0x62, 0xff, 0xfe, 0x0a, 0xc3, 0xbc]));`;
    checkout.configure({
      odd: { run: { kind: 'process', command: [process.execPath, '-e', script] } },
      after: { run: idle, dependsOn: { odd: 'completed' } },
    });
    expect((await checkout.task('up')).exitCode).toBe(0);
    const lines = linesOf((await checkout.task('logs', ['odd'])).stdout);
    const isWhole = lines[0] === `odd | ${'a'.repeat(mebibyte)}z`;
    expect({ isWhole, rest: lines.slice(1) }).toEqual({
      isWhole: true,
      rest: ['odd | b\ufffd\ufffd', 'odd | ü'],
    });
    const folder = join(checkout.stateHome, 'devservices');
    const log = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((file) =>
      file.endsWith('/odd.log'),
    );
    const tail = readFileSync(join(folder, log ?? '')).subarray(-6);
    expect([...tail]).toEqual([0x62, 0xff, 0xfe, 0x0a, 0xc3, 0xbc]);
  });

  test('--tail, --since, --timestamps and --json give what they say', async () => {
    checkout.configure({
      list: { run: shell('seq 1 30; sleep 0.1; printf "\\033[1mbold\\033[0m\\r\\nno end"') },
    });
    await checkout.task('up');
    const logs = async (...args: string[]) => (await checkout.task('logs', args)).stdout;
    const all = [
      ...Array.from({ length: 30 }, (_, index) => `${index + 1}`),
      '\u001b[1mbold\u001b[0m',
      'no end',
    ];
    const printed = (texts: readonly string[]) => texts.map((text) => `list | ${text}\n`).join('');
    expect(await logs()).toBe(printed(all));
    expect(await logs('list', '--tail', '4')).toBe(printed(all.slice(-4)));
    expect(await logs('--since', '10m')).toBe(printed(all));

    const stamped = linesOf(await logs('--timestamps')).map((line) => line.split(' '));
    const times = stamped.map(([, , at]) => at ?? '');
    expect(times).toEqual(times.toSorted());
    const last = times.at(-1) ?? '';
    expect(Date.parse(last)).toBeGreaterThan(Date.parse(times[0] ?? ''));
    expect(await logs('--since', last)).toBe(printed(['\u001b[1mbold\u001b[0m', 'no end']));

    const { json } = await checkout.task('logs', ['--tail', '1', '--json']);
    expect(json.filter(({ event }) => event === 'log')).toMatchObject([
      { service: 'list', stream: 'stdout', text: 'no end' },
    ]);
  });

  test('--follow goes on over restart, a kill, up --recreate, down and up: no line lost or doubled', async () => {
    checkout.configure({
      api: { run: counter({ restart: 'always', backoff: { initial: '10ms' } }) },
      late: { run: counter() },
    });
    expect((await checkout.task('up', ['api'])).exitCode).toBe(0);
    const followed = follow(checkout);
    await followed.until(sawStarts('api', 1));
    await checkout.task('restart', ['api']);
    await followed.until(sawStarts('api', 2));
    await killNow(checkout.pids()['api'] ?? 0);
    await followed.until(sawStarts('api', 3));
    await checkout.task('up', ['api', '--recreate']);
    await followed.until(sawStarts('api', 4));
    await checkout.task('down');
    await checkout.task('up');
    await followed.until(sawStarts('api', 5));
    await followed.until(sawStarts('late', 1));
    const { exitCode, stdout, stderr } = await followed.end();
    expect(exitCode).toBe(130);
    const starts = [...countsOf(linesOf(stdout)).keys()];
    expect(starts.filter((start) => start.startsWith('api'))).toHaveLength(5);
    expect(stderr).toContain('api ended with exit code');
  });

  test('--follow needs no supervisor, and goes on with the next one', async () => {
    checkout.configure({ api: { run: counter() } });
    await checkout.task('up');
    const followed = follow(checkout);
    let count = 0;
    const more = () => {
      const wanted = count + 10;
      return followed.until((lines) => (count = lines.length) >= wanted);
    };
    await more();
    await killNow(checkout.supervisor() ?? 0);
    await more();
    expect((await checkout.task('up')).exitCode).toBe(0);
    await more();
    const { stdout } = await followed.end();
    expect([...countsOf(linesOf(stdout)).keys()]).toHaveLength(1);
  });

  test('100 MB at once: the end is there, what is kept has no gap, the supervisor stays small', async () => {
    checkout.configure({ calm: { run: idle } });
    await checkout.task('up');
    const supervisor = checkout.supervisor() ?? 0;
    const sizeOf = (field: string) => {
      const status = readFileSync(`/proc/${supervisor}/status`, 'utf8');
      return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024;
    };
    writeFileSync(`/proc/${supervisor}/clear_refs`, '5');
    const before = sizeOf('VmRSS');
    checkout.configure({
      calm: { run: idle },
      flood: { run: flood(1_000_000), ready: { kind: 'none' } },
      after: { run: idle, dependsOn: { flood: 'completed' } },
    });
    const { exitCode } = await checkout.task('up');
    expect(exitCode).toBe(0);
    expect(sizeOf('VmHWM') - before).toBeLessThan(64 * mebibyte);
    const files = readdirSync(join(checkout.stateHome, 'devservices'), {
      recursive: true,
      encoding: 'utf8',
    }).filter((name) => /\/flood\.log(\.\d+)?$/.test(name));
    expect(files.length).toBeGreaterThan(1);
    expect(files.length).toBeLessThanOrEqual(4);

    const numbers = linesOf(
      (await checkout.task('logs', ['flood', '--tail', '100000'])).stdout,
    ).map((line) => Number(line.replace(/^flood \| \.*/, '')));
    expect(numbers).toEqual(Array.from({ length: 100_000 }, (_, index) => 900_000 + index));
  });
});
