import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listParts } from '../../../../plugins/process/logs/log-files.ts';
import { readLog } from '../../../../plugins/process/logs/read-log.ts';
import { createSupervised, nextEvent } from './supervised.ts';

const lines = 300_000;

test('a flood of output is rotated without losing a line, and costs the supervisor no memory', async () => {
  await using checkout = createSupervised();
  const supervisor = await checkout.ensure();
  const peakOf = (): number => {
    const status = readFileSync(`/proc/${checkout.supervisorPid()}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };
  const before = peakOf();
  // By a child of the process, which is paused with it.
  const request = checkout.prepare('noisy', {
    command: [
      'sh',
      '-c',
      `seq -f 'line %.0f of a flood that is long enough to fill it soon' ${lines} | cat`,
    ],
  });
  const exited = await nextEvent(supervisor, ({ type }) => type === 'exited');
  await supervisor.start(request);
  expect(await exited.event).toMatchObject({ exitCode: 0 });
  expect(listParts(checkout.places.log('noisy')).length).toBeGreaterThan(0);

  let next = 1;
  const signal = AbortSignal.timeout(60_000);
  const log = readLog(checkout.places.log('noisy'), { service: 'noisy', follow: false, signal });
  for await (const { text } of log) {
    if (text !== `line ${next} of a flood that is long enough to fill it soon`) break;
    next += 1;
  }
  expect(next - 1).toBe(lines);
  expect(peakOf() - before).toBeLessThan(64);
});
