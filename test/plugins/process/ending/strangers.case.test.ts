import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  identifyProcess,
  type ProcessIdentity,
} from '../../../../core/identity/process-identity.ts';
import { readProcessStat } from '../../../../core/identity/process-stat.ts';
import { membersOf } from '../../../../plugins/process/ending/members.ts';
import { createLiveFolder, isRunning, type LiveFolder } from '../live-process.ts';
import { sampleRecord } from '../record/sample-record.ts';
import { endStates as end } from './end-states.ts';

let folder: LiveFolder;
beforeEach(() => (folder = createLiveFolder()));
afterEach(() => folder[Symbol.dispose]());

test('a stranger that has the pid of a leader that is gone is not signalled', async () => {
  const stranger = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
  const pid = stranger.pid ?? 0;
  folder.owns(pid);
  const leader = identifyProcess(pid) as ProcessIdentity;
  const stale = [{ startTicks: '1' }, { bootId: 'before' }];
  for (const other of stale) {
    const record = sampleRecord({ life: { leader: { ...leader, ...other } } });
    expect(membersOf(record)).toEqual([]);
    expect(await end(record)).toEqual(['gone']);
  }
  expect(isRunning(pid)).toBe(true);
  expect(stranger.signalCode).toBeNull();
});

test('a stranger in a group that has the number of ours is not signalled', async () => {
  // The leader of that group is gone as well: only its number is left, and its members have no marker.
  const shell = spawn('/bin/sh', ['-c', 'sleep 1000 & echo $!'], { detached: true });
  const [text] = (await once(shell.stdout.setEncoding('utf8'), 'data')) as [string];
  const pid = Number(text);
  folder.owns(pid);
  if (shell.exitCode === null) await once(shell, 'exit');
  const leader = {
    pid: shell.pid ?? 0,
    startTicks: '1',
    bootId: identifyProcess(pid)?.bootId ?? '',
  };
  expect(readProcessStat(pid)?.group).toBe(leader.pid);
  expect(await end(sampleRecord({ life: { leader } }))).toEqual(['gone']);
  expect(isRunning(pid)).toBe(true);
});
