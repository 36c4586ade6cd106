import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { listParts } from '../../../../plugins/process/logs/log-files.ts';
import { type FloodReport, lineBytes } from './flood.ts';
import { createLogRig } from './log-rig.ts';

const mebibyte = 1024 * 1024;
const count = 1_000_000;

const numberOf = (line: string): number => Number(line.replace(/^\.*/, ''));

async function flood(path: string, lines: number): Promise<FloodReport> {
  const program = fileURLToPath(new URL('flood.ts', import.meta.url));
  const tsx = import.meta.resolve('tsx');
  const child = spawn(
    process.execPath,
    ['--import', tsx, program, 'look-after', path, String(lines)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill());
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(text) as FloodReport;
}

test('100 MB as fast as a process can: less than 64 MB of memory, no gap in what is kept, and its end', async () => {
  using log = createLogRig();
  const report = await flood(log.path, count);
  expect(report.trouble).toEqual([]);
  expect(report.grownBytes).toBeLessThan(64 * mebibyte);

  const parts = listParts(log.path);
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.length).toBeLessThanOrEqual(3);
  const kept = log.bytes();
  const start = parts[0]?.start ?? 0;
  // Lines have one length: where the first kept byte is tells which line it is of.
  const whole = kept.subarray((lineBytes - (start % lineBytes)) % lineBytes);
  let line = Math.ceil(start / lineBytes);
  const wrong: string[] = [];
  for (let at = 0; at < whole.length; at += lineBytes, line += 1) {
    const text = whole.toString('latin1', at, at + lineBytes);
    if (numberOf(text) !== line) wrong.push(`${line}: ${text}`);
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(line).toBe(count);

  const [first] = await log.texts({ tail: 1000 });
  expect(first).toBe(String(count - 1000).padStart(lineBytes - 1, '.'));
  const lines = await log.read({ tail: 100_000 });
  expect(lines).toHaveLength(100_000);
  expect(lines.every(({ at }) => at !== undefined)).toBe(true);
}, 120_000);

test('a log that is followed while it is flooded gives its lines in order, and its end', async () => {
  using log = createLogRig();
  let end = () => {};
  const followed = log.follow({ ended: new Promise<void>((resolve) => (end = resolve)) });
  await flood(log.path, count / 2);
  end();
  await followed.done;
  const numbers = followed.lines
    .filter(({ text }) => text.length === lineBytes - 1)
    .map(({ text }) => numberOf(text));
  expect(numbers.at(-1)).toBe(count / 2 - 1);
  const isLate = (number: number, at: number) => at > 0 && number <= (numbers[at - 1] ?? 0);
  expect(numbers.filter(isLate)).toEqual([]);
  // A line that is cut is one whose other end was dropped before it was read.
  const isCut = ({ text }: { text: string }) => text.length !== lineBytes - 1;
  expect(followed.lines.filter(isCut).length).toBeLessThan(50);
}, 120_000);
