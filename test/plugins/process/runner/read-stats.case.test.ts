import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { InstanceStats } from '../../../../core/run/instance-stats.ts';
import { forgetProcessTable } from '../../../../plugins/process/ending/process-table.ts';
import type { ProcessRecord } from '../../../../plugins/process/record/process-record.ts';
import { readStats } from '../../../../plugins/process/runner/read-stats.ts';
import { createLiveFolder, isRunning, type LiveFolder, until } from '../live-process.ts';

let folder: LiveFolder;
beforeEach(() => {
  folder = createLiveFolder();
  folder.write(
    'burn.mjs',
    `const usedMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
     for (let turns = 0; usedMs() < 700; turns += 1) for (let i = 0; i < 1e6; i += 1) turns += i % 2;
     // What is left to do costs next to nothing.
     (await import('node:fs')).writeFileSync('used', usedMs() + '\\n');`,
  );
});
afterEach(() => folder[Symbol.dispose]());

const megabyte = 1024 * 1024;
const burn = `"${process.execPath}" burn.mjs`;

const start = async (script: string) =>
  (await folder.start(folder.record({ command: ['sh', '-c', script] }))).record;

async function statsOf(record: ProcessRecord): Promise<InstanceStats> {
  forgetProcessTable();
  const stats = await readStats(record);
  if (!stats) throw new Error('it does not run');
  return stats;
}

/** The first stats that are as they are waited for. */
async function when(
  record: ProcessRecord,
  isSo: (stats: InstanceStats) => boolean,
): Promise<InstanceStats> {
  for (const end = Date.now() + 20_000; ;) {
    const stats = await statsOf(record);
    if (isSo(stats)) return stats;
    if (Date.now() > end) throw new Error(`never: ${JSON.stringify(stats)}`);
  }
}

const fieldOf = (pid: number, name: string): number => {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1]) * 1024;
};

test('the time of a child that works grows', async () => {
  const record = await start(`"${process.execPath}" -e "for (;;);" & wait`);
  const first = await when(record, ({ cpuMs }) => cpuMs > 300);
  const second = await when(record, ({ cpuMs }) => cpuMs > first.cpuMs + 300);
  expect(second).toEqual({
    cpuMs: second.cpuMs,
    memoryBytes: second.memoryBytes,
    memoryLimitBytes: null,
    networkReceivedBytes: null,
    networkSentBytes: null,
    processes: 2,
  });
});

test.each([
  ['was waited for', `${burn}; echo 1 >> done; exec sleep 1000`],
  ['nobody waits for', `(${burn}; echo 1 >> done) & exec sleep 1000`],
])('what a child used that has ended and %s counts', async (_, script) => {
  const record = await start(script);
  await until(() => folder.read('done') !== '');
  const stats = await when(record, ({ processes }) => processes === 1);
  const used = Number(folder.read('used'));
  expect(used).toBeGreaterThan(700);
  // In steps of 10 ms, for each of four times.
  expect(stats.cpuMs).toBeGreaterThanOrEqual(used - 40);
  expect(stats.cpuMs).toBeLessThan(1.8 * used);
});

test('memory that it takes is seen, and pages of files are not counted', async () => {
  folder.write(
    'grow.mjs',
    `import { appendFileSync } from 'node:fs';
     const kept = [];
     process.on('SIGUSR2', () => {
       kept.push(Buffer.alloc(64 * ${megabyte}, 1));
       appendFileSync('grown', 'once\\n');
     });
     setInterval(() => {}, 1000);
     appendFileSync('pids', process.pid + '\\n');`,
  );
  const record = await start(`exec "${process.execPath}" grow.mjs`);
  const [pid = 0] = await folder.pids('pids', 1);
  const before = await statsOf(record);
  expect(before.processes).toBe(1);
  expect(before.memoryBytes).toBeGreaterThan(4 * megabyte);
  // Node's own program alone is tens of megabytes.
  expect(before.memoryBytes).toBeLessThan(fieldOf(pid, 'VmRSS') - 10 * megabyte);
  process.kill(pid, 'SIGUSR2');
  await until(() => folder.read('grown') !== '');
  const grown = (await statsOf(record)).memoryBytes - before.memoryBytes;
  expect(grown).toBeGreaterThan(56 * megabyte);
  expect(grown).toBeLessThan(96 * megabyte);
});

test('memory that processes share counts once', async () => {
  const record = await start(
    `text=$(head -c 32000000 /dev/zero | tr '\\0' a)
     (while :; do sleep 1000; done) &
     (while :; do sleep 1000; done) &
     echo $$ >> pids; wait`,
  );
  const [pid = 0] = await folder.pids('pids', 1);
  const { memoryBytes } = await when(record, ({ processes }) => processes === 5);
  const own = fieldOf(pid, 'RssAnon');
  expect(own).toBeGreaterThan(30 * megabyte);
  expect(memoryBytes).toBeGreaterThan(0.9 * own);
  expect(memoryBytes).toBeLessThan(1.5 * own);
});

test('all that it started counts, also in a session of its own', async () => {
  const record = await start('sleep 1000 & setsid sleep 1000 & echo $$ >> pids; wait');
  await folder.pids('pids', 1);
  expect((await when(record, ({ processes }) => processes === 3)).processes).toBe(3);
});

test('of one that has ended, or has not begun, there is nothing to tell', async () => {
  const record = folder.record({ command: ['sh', '-c', 'sleep 1000 & wait'] });
  expect(await readStats(record)).toBeUndefined();
  const live = await folder.start(record);
  const { pid = 0 } = live.child;
  expect((await readStats(live.record))?.processes).toBeGreaterThan(0);
  process.kill(pid, 'SIGKILL');
  await live.exit;
  expect(isRunning(pid)).toBe(false);
  expect(await readStats(live.record)).toBeUndefined();
  const { leader } = live.record.life ?? {};
  const stranger = { ...live.record.life, leader: { ...leader, pid: process.pid } };
  expect(await readStats({ ...live.record, life: stranger } as ProcessRecord)).toBeUndefined();
});
