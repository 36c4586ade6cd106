import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { listParts } from '../../../../plugins/process/logs/log-files.ts';
import { readLog } from '../../../../plugins/process/logs/read-log.ts';
import { createSupervised, nextEvent } from './supervised.ts';

const lines = 300_000;
// More than a part of the log takes.
const before = 220_000;

test('a flood of output is rotated without losing a line, and costs the supervisor no memory', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const peakOf = (): number => {
    const status = readFileSync(`/proc/${checkout.supervisorPid()}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };
  const peakBefore = peakOf();
  const path = checkout.places.log('noisy');
  const rotated = join(checkout.folder, 'rotated');
  // By children of the process, which are paused with it; the rest is written when the log was seen rotated.
  const flood = (from: number, to: number) =>
    `seq -f 'line %.0f of a flood that is long enough to fill it soon' ${from} ${to} | cat`;
  const request = checkout.prepare('noisy', {
    command: [
      'sh',
      '-c',
      `${flood(1, before)}; until [ -e "$0" ]; do sleep 0.02; done; ${flood(before + 1, lines)}`,
      rotated,
    ],
  });
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  await supervisor.start(request);
  await vi.waitFor(() => expect(listParts(path).length).toBeGreaterThan(0), {
    timeout: 30_000,
    interval: 20,
  });
  writeFileSync(rotated, '');
  expect(await exited.event).toMatchObject({ exitCode: 0 });

  let next = 1;
  const signal = AbortSignal.timeout(60_000);
  const log = readLog(path, { service: 'noisy', follow: false, signal });
  for await (const { text } of log) {
    if (text !== `line ${next} of a flood that is long enough to fill it soon`) break;
    next += 1;
  }
  expect(next - 1).toBe(lines);
  expect(peakOf() - peakBefore).toBeLessThan(64);
});
