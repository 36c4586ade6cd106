import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  identifyProcess,
  type ProcessIdentity,
} from '../../../../core/identity/process-identity.ts';
import { readProcessStat } from '../../../../core/identity/process-stat.ts';
import type { EndingState } from '../../../../plugins/process/ending/end-process.ts';
import { membersOf } from '../../../../plugins/process/ending/members.ts';
import { recentProcessTable } from '../../../../plugins/process/ending/process-table.ts';
import type { ProcessRecord } from '../../../../plugins/process/record/process-record.ts';
import { createLiveFolder, isRunning, type LiveFolder, until } from '../live-process.ts';
import { sampleRecord } from '../record/sample-record.ts';
import { endStates as end } from './end-states.ts';

let folder: LiveFolder;
beforeEach(() => (folder = createLiveFolder()));
afterEach(() => folder[Symbol.dispose]());

const node = process.execPath;

test('the stop signal reaches what it started, and what that started', async () => {
  folder.write(
    'family.mjs',
    `import { spawn } from 'node:child_process';
     import { appendFileSync } from 'node:fs';
     const depth = Number(process.argv[2]);
     process.on('SIGINT', () => {
       appendFileSync('interrupted', depth + '\\n');
       process.exit(0);
     });
     if (depth < 2) spawn(process.execPath, ['family.mjs', depth + 1], { stdio: 'inherit' });
     appendFileSync('pids', process.pid + '\\n');
     setInterval(() => {}, 1e6);`,
  );
  const run = { command: [node, 'family.mjs', '0'] as const, stopSignal: 'SIGINT' as const };
  const { record, exit } = await folder.start(folder.record(run));
  const pids = await folder.pids('pids', 3);
  expect(new Set(membersOf(record).map(({ pid }) => pid))).toEqual(new Set(pids));
  expect(await end(record)).toEqual(['asked', 'waiting', 'gone']);
  expect(await exit).toBe(0);
  expect(folder.read('interrupted').trim().split('\n').toSorted()).toEqual(['0', '1', '2']);
  expect(pids.filter(isRunning)).toEqual([]);
});

test('what ignores the stop signal is killed after its grace', async () => {
  const command = ['/bin/sh', '-c', 'trap "" TERM; echo $$ > pids; sleep 1000'] as const;
  const { record, exit } = await folder.start(folder.record({ command, stopGracePeriod: 150 }));
  await folder.pids('pids', 1);
  const began = performance.now();
  expect(await end(record)).toEqual(['asked', 'waiting', 'killing', 'gone']);
  expect(performance.now() - began).toBeGreaterThan(149);
  expect(await exit).toBe('SIGKILL');
  expect(membersOf(record)).toEqual([]);
});

test('the leader’s exit is waited for, where it is a child, but no longer than its grace', async () => {
  const command = ['/bin/sh', '-c', 'trap "" TERM; echo $$ > pids; sleep 1000'] as const;
  const { record, exit } = await folder.start(folder.record({ command }));
  await folder.pids('pids', 1);
  const states = await end(record, { graceMs: 100, ended: exit });
  expect(states).toEqual(['asked', 'waiting', 'killing', 'gone']);
  expect(await exit).toBe('SIGKILL');
});

describe('a process that left the group', () => {
  // Starts one in a session of its own, and stays or not.
  const script = (env: string, last: string) =>
    `import { spawn } from 'node:child_process';
     import { writeFileSync } from 'node:fs';
     const { pid } = spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore', env: ${env} });
     writeFileSync('pids', pid + '\\n');
     ${last}`;

  test.each([
    ['is ended when its leader has ended', 'process.env', 'setInterval(() => {}, 1e6)'],
    ['without our marker is ended with who started it', '{}', 'setInterval(() => {}, 1e6)'],
  ])('%s', async (_, env, last) => {
    folder.write('leader.mjs', script(env, last));
    const { record } = await folder.start(folder.record({ command: [node, 'leader.mjs'] }));
    const [pid = 0] = await folder.pids('pids', 1);
    folder.owns(pid);
    expect(readProcessStat(pid)?.group).toBe(pid);
    await end(record);
    expect(isRunning(pid)).toBe(false);
    expect(membersOf(record)).toEqual([]);
  });

  test('is ended when its leader went before it, without a word', async () => {
    folder.write('leader.mjs', script('process.env', 'process.exit(0)'));
    const { record, exit } = await folder.start(folder.record({ command: [node, 'leader.mjs'] }));
    const [pid = 0] = await folder.pids('pids', 1);
    expect(await exit).toBe(0);
    expect(membersOf(record).map((one) => one.pid)).toEqual([pid]);
    expect(await end(record)).toEqual(['asked', 'waiting', 'gone']);
    expect(isRunning(pid)).toBe(false);
  });

  test('is found by its marker, also where nobody recorded the start', async () => {
    const { record } = await folder.start(folder.record({ command: ['sleep', '1000'] }));
    const [member] = membersOf(record);
    const { leader: _, ...intent } = record.life as NonNullable<ProcessRecord['life']>;
    const { life: __, ...unborn } = record;
    expect(membersOf({ ...record, life: intent })).toEqual([member]);
    await end(unborn);
    expect(membersOf(record)).toEqual([]);
  });
});

test('a process that was stopped hears the signal and ends by itself', async () => {
  const command = [
    '/bin/sh',
    '-c',
    'trap "exit 7" TERM; sleep 1000 & echo $$ > pids; wait',
  ] as const;
  const { record, exit, identity } = await folder.start(folder.record({ command }));
  await folder.pids('pids', 1);
  process.kill(-identity.pid, 'SIGSTOP');
  await until(() => readProcessStat(identity.pid)?.state === 'T');
  expect(await end(record)).toEqual(['asked', 'waiting', 'gone']);
  expect(await exit).toBe(7);
});

test('what it runs to end in order is not signalled', async () => {
  folder.write(
    'serve.sh',
    'trap "sleep 0.2; echo clean > cleaned; exit 0" TERM; echo $$ > pids\n',
    0o644,
  );
  const loop = 'while :; do sleep 0.05; done';
  folder.write('serve.sh', `${folder.read('serve.sh')}${loop}`);
  const { record, exit } = await folder.start(folder.record({ command: ['/bin/sh', 'serve.sh'] }));
  await folder.pids('pids', 1);
  await end(record);
  expect(await exit).toBe(0);
  expect(folder.read('cleaned')).toBe('clean\n');
});

test('what it leaves behind when it ends is asked to end as well', async () => {
  const command = [
    '/bin/sh',
    '-c',
    'trap "sleep 1000 & exit 7" TERM; sleep 1000 & echo $$ > pids; wait',
  ] as const;
  const { record, exit } = await folder.start(folder.record({ command }));
  await folder.pids('pids', 1);
  expect(await end(record)).toEqual(['asked', 'waiting', 'gone']);
  expect(await exit).toBe(7);
});

test('one that has the group of its caller ends, and its caller does not', async () => {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  folder.owns(pid);
  const exit = once(child, 'exit');
  const leader = identifyProcess(pid) as ProcessIdentity;
  await end(sampleRecord({ life: { leader, hasGroup: false } }));
  expect(await exit).toEqual([null, 'SIGTERM']);
});

test('one that was started a moment after the last look at all processes ends too', async () => {
  recentProcessTable(0);
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  folder.owns(pid);
  const exit = once(child, 'exit');
  const leader = identifyProcess(pid) as ProcessIdentity;
  const record = sampleRecord({ life: { leader, hasGroup: false } });
  expect(await end(record)).toEqual(['asked', 'waiting', 'gone']);
  expect(await exit).toEqual([null, 'SIGTERM']);
});

test('fifty are ended at the same time', async () => {
  const started = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const record = { ...folder.record({ command: ['sleep', '1000'] }), id: `f00d${index}` };
      return folder.start(record);
    }),
  );
  await Promise.all(started.map(({ record }) => end(record)));
  expect(await Promise.all(started.map(({ exit }) => exit))).toEqual(started.map(() => 'SIGTERM'));
});

test('waiting ends when nobody waits any more', async () => {
  const command = ['/bin/sh', '-c', 'trap "" TERM; echo $$ > pids; sleep 1000'] as const;
  const { record, identity } = await folder.start(folder.record({ command }));
  await folder.pids('pids', 1);
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const onState = (state: EndingState) => {
    if (state === 'waiting') queueMicrotask(() => stop.abort(reason));
  };
  await expect(end(record, { signal: stop.signal, onState })).rejects.toBe(reason);
  expect(isRunning(identity.pid)).toBe(true);
});

test('a stop signal that is none is refused before anything is signalled', async () => {
  const stopSignal = 'SIGTREM' as NodeJS.Signals;
  const { record, identity } = await folder.start(
    folder.record({ command: ['sleep', '1000'], stopSignal }),
  );
  await expect(end(record)).rejects.toMatchObject({ code: 'DS_PROCESS_SIGNAL_UNKNOWN' });
  expect(isRunning(identity.pid)).toBe(true);
});
